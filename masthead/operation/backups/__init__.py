"""Backups: one file with a consistent copy of the database, the pictures and the secrets."""
