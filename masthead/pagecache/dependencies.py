"""Dependencies of a page, recorded while it is made: topics, expiry, and callbacks on each view.

A topic is a word or a word and an id: ``settings``, ``posts``, ``post:12``. The cache attaches no meaning to it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from masthead import clock
from masthead.pagecache.topics import Topic

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

KEPT: Final = "masthead_kept"
#: Attribute of a view whose response does not depend on who is signed in.
FOR_EVERYBODY: Final = "masthead_for_everybody"
#: Execution option that marks the cache's own statements, which record no dependency.
OF_THE_CACHE: Final = "masthead_page_cache"
View = TypeVar("View", bound=Callable[..., Any])
#: Called on each view of a cached page, with the reader's WSGI environment.
Follower = Callable[["WSGIEnvironment"], None]


class PageDependencies:
    """The dependencies that the page in the making has recorded so far."""

    __slots__ = ("followers", "moments", "since", "topics", "until")

    def __init__(self, since: int, moments: "ExpiryTimes") -> None:
        self.topics: set[Topic] = set()
        self.until: datetime | None = None
        self.followers: list[Follower] = []
        #: Position in the change log before the first read.
        self.since = since
        self.moments = moments

    def add(self, *topics: Topic) -> None:
        """Add topics, and for the topic of a row the one that invalidates its whole family."""
        self.topics.update(topics)
        self.topics.update(family for topic in topics if (family := topic.family) is not None)

    def note_moments(self) -> None:
        """Find the earliest expiry of the topics; called when the page is complete."""
        for topic in self.topics & _turning.keys():
            moment = self.moments.next_of(topic, self.since)
            if moment is not None and (self.until is None or moment < self.until):
                self.until = moment


class ExpiryTimes:
    """Memoized expiry times of topics that change without a write; a write invalidates them."""

    def __init__(self, changed_since: Callable[[Iterable[str], int], bool]) -> None:
        self._changed_since = changed_since
        #: By topic: the log position before the look-up, the time of it, and the result.
        self._known: dict[Topic, tuple[int, datetime, datetime | None]] = {}

    def next_of(self, topic: Topic, since: int) -> datetime | None:
        """Return the next expiry of a topic declared by `expires_at`, from memory if no write has invalidated it."""
        now = clock.now()
        known = self._known.get(topic)
        if known is not None and not self._changed_since((topic,), known[0]):
            _, asked_at, moment = known
            if asked_at <= now and (moment is None or now < moment):
                return moment
        moment = _turning[topic]()
        self._known[topic] = (since, now, moment)
        return moment


_present: ContextVar[PageDependencies | None] = ContextVar("masthead_page_reading", default=None)
_turning: dict[Topic, Callable[[], datetime | None]] = {}


def current() -> PageDependencies | None:
    """Return the dependencies of the page in the making, if the request makes a cacheable one."""
    return _present.get()


def depends_on(*topics: Topic) -> None:
    """Record that the page depends on these topics."""
    reading = _present.get()
    if reading is not None:
        reading.add(*topics)


def on_each_view(follower: Follower) -> bool:
    """Call ``follower`` on each view of this page, including this one; returns False if the page will not be cached."""
    reading = _present.get()
    if reading is None:
        return False
    reading.followers.append(follower)
    return True


def expires_at(topic: Topic, find: Callable[[], datetime | None]) -> None:
    """Declare that a topic changes with time; ``find`` returns the next expiry, using `OF_THE_CACHE` for its queries."""
    _turning[topic] = find


def cached(*parameters: str) -> Callable[[View], View]:
    """Declare that anonymous responses of a view are cacheable; the view reads only these query parameters."""

    def decorate(view: View) -> View:
        setattr(view, KEPT, frozenset(parameters))
        return view

    return decorate


@contextmanager
def collecting(reading: PageDependencies) -> Iterator[None]:
    """Collect the dependencies of the block."""
    token = _present.set(reading)
    try:
        yield
    finally:
        _present.reset(token)
