"""Topics: the names of a page's dependencies. The cache compares them and attaches no meaning to them."""

from typing import Final


class Topic(str):
    """A dependency of pages that writes invalidate: ``settings``, ``posts``, ``post:12``."""

    __slots__ = ()

    @property
    def family(self) -> "Topic | None":
        """The topic of all rows of its kind; None for a topic without a row."""
        kind, colon, _ = self.partition(":")
        return Topic(f"{kind}:*") if colon else None


class TopicFamily:
    """The topics of the rows of one table: ``POST(12)`` is the topic ``post:12``, and ``POST.every`` all of them."""

    __slots__ = ("every", "kind")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        #: Invalidates every page that depends on any topic of the family.
        self.every = Topic(f"{kind}:*")

    def __call__(self, row_id: int) -> Topic:
        """The topic of one row."""
        return Topic(f"{self.kind}:{row_id}")


#: Invalidates every page.
EVERYTHING: Final = Topic("*")
