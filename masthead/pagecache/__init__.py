"""The page cache: answers for anonymous readers, kept in memory, never older than the last committed write.

Features say what a page reads (`reads`, `watch`) and what an action changes (`changed`); README.md argues why that suffices.
"""

from masthead.pagecache.changes import changed, considered, watch
from masthead.pagecache.fragments import remembered
from masthead.pagecache.topics import (
    EVERYTHING,
    FOR_EVERYBODY,
    OF_THE_CACHE,
    each_reading,
    kept,
    reads,
    turns_with_time,
)

__all__ = [
    "EVERYTHING",
    "FOR_EVERYBODY",
    "OF_THE_CACHE",
    "changed",
    "considered",
    "each_reading",
    "kept",
    "reads",
    "remembered",
    "turns_with_time",
    "watch",
]
