"""Clears the page cache, for measurements and for doubt: pages are never stale."""

from masthead import audit
from masthead.audit.recording import Actor
from masthead.pagecache.invalidation import invalidate
from masthead.pagecache.topics import EVERYTHING


def clear(*, by: Actor | None) -> None:
    """Clear the cache in every process of every machine; ``by`` is None in the shell."""
    invalidate(EVERYTHING)
    audit.record("cache.cleared", by=by)
