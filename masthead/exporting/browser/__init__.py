"""Exports in the browser: a background task makes the file, and administrators download it."""
