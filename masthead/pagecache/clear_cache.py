"""Clearing the page cache, for measuring and for doubt: pages are never stale."""

from masthead import audit
from masthead.audit.recording import Actor
from masthead.pagecache.invalidation import invalidate
from masthead.pagecache.topics import EVERYTHING


def clear(*, by: Actor | None) -> None:
    """Let every process of the server, on every machine, make each page anew; the shell does it without a person."""
    invalidate(EVERYTHING)
    audit.record("cache.cleared", by=by)
