"""The addresses of files."""

from masthead.media.models import Media

PREFIX = "/media/"
#: Characters of the content hash that tell one version of a file from another.
VERSION_CHARACTERS = 12


def address_of(media: Media) -> str:
    """Return the address that texts use; it never changes."""
    return PREFIX + media.path


def current_url(media: Media) -> str:
    """Return the URL of the present file for pages: another one as soon as the file is another."""
    return url_of(media.path, media.content_hash, is_replaced=media.is_replaced)


def url_of(path: str, content_hash: str, *, is_replaced: bool) -> str:
    """Return the URL of a file whose row is not loaded."""
    return f"{PREFIX}{path}?v={content_hash[:VERSION_CHARACTERS]}" if is_replaced else PREFIX + path
