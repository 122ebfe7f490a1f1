"""Writes prepared items to the database, once each, and never over later edits."""
