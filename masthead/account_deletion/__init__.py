"""Deleting accounts, and exporting the personal data of their owners."""
