"""Feeds in three formats, the site map and robots.txt."""
