"""A backup: one file that holds the database, the pictures and the secrets as they were at one moment."""
