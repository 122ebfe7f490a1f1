"""The errors of an archive."""

from masthead.errors import DomainError


class BadArchive(DomainError):
    """An archive cannot be read, and the sentence says where. Nothing of it was written."""
