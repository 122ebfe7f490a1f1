"""What a page depends on, noted while it is made: topics, the time, and who wants to know of each reading.

A topic is a word or a word and an id: ``settings``, ``posts``, ``post:12``. The cache knows nothing of their meaning.
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
#: The attribute of a view that answers everybody alike, whether or not they are signed in.
FOR_EVERYBODY: Final = "masthead_for_everybody"
#: The execution option of statements that the cache asks for, not a page.
OF_THE_CACHE: Final = "masthead_page_cache"
View = TypeVar("View", bound=Callable[..., Any])
#: Called at each reading of a kept page with what the reader sent.
Follower = Callable[["WSGIEnvironment"], None]


class PageDependencies:
    """What the page that is being made has read so far."""

    __slots__ = ("followers", "moments", "since", "topics", "until")

    def __init__(self, since: int, moments: "ExpiryTimes") -> None:
        self.topics: set[Topic] = set()
        self.until: datetime | None = None
        self.followers: list[Follower] = []
        #: The position of the change log before the first read.
        self.since = since
        self.moments = moments

    def add(self, *topics: Topic) -> None:
        """Note topics that the page depends on; with one of a row, the topic that invalidates all rows."""
        self.topics.update(topics)
        self.topics.update(family for topic in topics if (family := topic.family) is not None)

    def note_moments(self) -> None:
        """Find out how long what was read stays so by itself; called when the page is made."""
        for topic in self.topics & _turning.keys():
            moment = self.moments.next_of(topic, self.since)
            if moment is not None and (self.until is None or moment < self.until):
                self.until = moment


class ExpiryTimes:
    """When what a topic stands for changes next without a write, remembered until a write changes it."""

    def __init__(self, changed_since: Callable[[Iterable[str], int], bool]) -> None:
        self._changed_since = changed_since
        #: By topic: the position before it was looked up, when that was, and the answer.
        self._known: dict[Topic, tuple[int, datetime, datetime | None]] = {}

    def next_of(self, topic: Topic, since: int) -> datetime | None:
        """The next such moment of a topic that `turns_with_time`, from memory if nothing has happened since it was looked up."""
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
    """The page that is being made to be kept, if the present request makes one."""
    return _present.get()


def depends_on(*topics: Topic) -> None:
    """Note that the page depends on these topics."""
    reading = _present.get()
    if reading is not None:
        reading.add(*topics)


def on_each_view(follower: Follower) -> bool:
    """Call ``follower`` at each reading of this page, the present one too; False if the page will not be kept."""
    reading = _present.get()
    if reading is None:
        return False
    reading.followers.append(follower)
    return True


def expires_at(topic: Topic, find: Callable[[], datetime | None]) -> None:
    """Declare that a topic changes by itself; ``find`` asks, with `OF_THE_CACHE`, when it does next."""
    _turning[topic] = find


def cached(*parameters: str) -> Callable[[View], View]:
    """Declare that the answers of a view to anonymous readers may be kept; it reads only these query parameters."""

    def decorate(view: View) -> View:
        setattr(view, KEPT, frozenset(parameters))
        return view

    return decorate


@contextmanager
def collecting(reading: PageDependencies) -> Iterator[None]:
    """Note what is read in the block."""
    token = _present.set(reading)
    try:
        yield
    finally:
        _present.reset(token)
