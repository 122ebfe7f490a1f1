"""Exports the publication as a folder of Markdown files that Hugo and `masthead import` read."""
