"""Writes the publication as an export of Ghost 5, alone or in a ZIP with files, redirects and routes."""
