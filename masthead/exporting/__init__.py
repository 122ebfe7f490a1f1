"""Exports the publication for other programs: as a folder of Markdown, for WordPress, and for Ghost."""
