"""Writes the publication as an export of WordPress (WXR 1.2), which WordPress's own importer reads."""
