"""Exports the publication for other programs: as Markdown, as static files, for WordPress, and for Ghost."""
