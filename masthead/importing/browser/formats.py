"""The formats that can be imported in the browser."""

from enum import StrEnum


class ImportFormat(StrEnum):
    """The system that wrote an uploaded file."""

    WORDPRESS = "wordpress"
    GHOST = "ghost"
    SUBSTACK = "substack"
    MEDIUM = "medium"
    MARKDOWN = "markdown"
    ARCHIVE = "archive"

    @property
    def label(self) -> str:
        """The name of the system for people."""
        return {
            "wordpress": "WordPress",
            "markdown": "Markdown files (Jekyll, Hugo and others)",
            "archive": "Masthead archive",
        }.get(self.value, self.value.title())
