"""Signals of the media library."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from blinker import Signal

from masthead.people.models import User


@dataclass(frozen=True, slots=True)
class Use:
    """A place that shows a file."""

    kind: str
    object_id: int
    title: str
    url: str


@dataclass(slots=True)
class UsesToDescribe:
    """The objects of one kind that show a file; receivers of that kind add those that the reader may know of."""

    kind: str
    object_ids: Sequence[int]
    reader: User
    uses: list[Use] = field(default_factory=list)


#: Sent with `UsesToDescribe`, once for each kind, so that the features above can name their texts.
describe_uses = Signal()
