"""Translates template tags and shortcodes of site generators to Markdown."""
