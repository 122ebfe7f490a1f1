"""The properties that follow from the columns of a post, for the model and its read model alike."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from masthead import clock
from masthead.posts import lifecycle
from masthead.posts.lifecycle import State, Status

TagT_co = TypeVar("TagT_co", covariant=True)


class _PostValues(Protocol[TagT_co]):
    """The columns that the properties need."""

    @property
    def tags(self) -> Sequence[TagT_co]: ...

    @property
    def summary(self) -> str: ...

    @property
    def excerpt(self) -> str: ...

    @property
    def status(self) -> Status: ...

    @property
    def published_at(self) -> datetime | None: ...


class DerivedProperties:
    """A mixin."""

    __slots__ = ()

    @property
    def kicker(self: _PostValues[TagT_co]) -> TagT_co | None:
        """The tag above the headline."""
        return self.tags[0] if self.tags else None

    @property
    def standfirst(self: _PostValues[object]) -> str:
        """The author's summary, or the beginning of the text."""
        return self.summary or self.excerpt

    @property
    def state(self: _PostValues[object]) -> State:
        """The state at present."""
        return lifecycle.state(self.status, self.published_at, now=clock.now())
