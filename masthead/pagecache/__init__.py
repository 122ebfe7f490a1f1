"""The page cache: answers for anonymous readers, kept in memory, never older than the last committed write.

Features say what a page reads (`reads`, `watch`) and what an action changes (`changed`); README.md argues why that suffices.
"""

from masthead.pagecache.dependencies import (
    EVERYTHING,
    FOR_EVERYBODY,
    OF_THE_CACHE,
    cached,
    depends_on,
    expires_at,
    on_each_view,
)
from masthead.pagecache.fragments import memoize
from masthead.pagecache.invalidation import invalidate, no_invalidation, watch
from masthead.pagecache.outage import note_outage

__all__ = [
    "EVERYTHING",
    "FOR_EVERYBODY",
    "OF_THE_CACHE",
    "cached",
    "depends_on",
    "expires_at",
    "invalidate",
    "memoize",
    "no_invalidation",
    "note_outage",
    "on_each_view",
    "watch",
]
