"""The URL of a static copy."""

from urllib.parse import unquote, urlsplit

from werkzeug.urls import iri_to_uri

from masthead.config.types import address_parts
from masthead.errors import Invalid


def checked_url(text: str) -> str:
    """The URL without its last slash; raises `Invalid` if no site can have it."""
    parts = address_parts(text.strip(), "http", "https")
    segments = unquote(parts.path).split("/") if parts is not None else []
    is_plain = parts is not None and not (
        parts.query or parts.fragment or parts.username or "@" in parts.netloc
    )
    if not is_plain or {".", ".."} & set(segments) or "//" in urlsplit(text.strip()).path:
        raise Invalid(
            f"{text[:200]!r} is not the URL of a site. Write it like https://example.org or https://example.org/blog."
        )
    return iri_to_uri(text.strip()).rstrip("/")
