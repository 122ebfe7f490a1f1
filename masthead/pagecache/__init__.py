"""The page cache: responses for anonymous readers, kept in memory, never older than the last committed write.

Features declare below their models which columns invalidate which topics (`watch`), and views their other dependencies
(`depends_on`); README.md proves that this suffices.
"""

from masthead.pagecache.cache_keys import look_up_by
from masthead.pagecache.dependencies import (
    FOR_EVERYBODY,
    OF_THE_CACHE,
    cached,
    depends_on,
    expires_at,
    on_each_view,
)
from masthead.pagecache.fragments import memoize
from masthead.pagecache.invalidation import invalidate, loaded, previous, rule, watch
from masthead.pagecache.outage import note_outage
from masthead.pagecache.topics import EVERYTHING, Topic, TopicFamily

__all__ = [
    "EVERYTHING",
    "FOR_EVERYBODY",
    "OF_THE_CACHE",
    "Topic",
    "TopicFamily",
    "cached",
    "depends_on",
    "expires_at",
    "invalidate",
    "loaded",
    "look_up_by",
    "memoize",
    "note_outage",
    "on_each_view",
    "previous",
    "rule",
    "watch",
]
