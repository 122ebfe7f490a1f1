"""The transitions of a post, one table for HTML, API, shell and imports.

The database stores four statuses. Date and time decide whether a public post is scheduled or published, so that no
worker has to wake up at that moment.
"""

from datetime import datetime
from enum import StrEnum

from masthead.errors import Conflict


class Status(StrEnum):
    """The stored status."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLIC = "public"
    TRASHED = "trashed"


class State(StrEnum):
    """The state that people see."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    TRASHED = "trashed"

    @property
    def label(self) -> str:
        """The label of the state."""
        return LABELS[self]


LABELS: dict[State, str] = {
    State.DRAFT: "Draft",
    State.IN_REVIEW: "In review",
    State.SCHEDULED: "Scheduled",
    State.PUBLISHED: "Published",
    State.TRASHED: "In the trash",
}


class Transition(StrEnum):
    """The transitions of a post."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    TRASH = "trash"
    RESTORE = "restore"


TRANSITIONS: dict[Transition, tuple[frozenset[Status], Status]] = {
    Transition.SUBMIT: (frozenset({Status.DRAFT, Status.IN_REVIEW}), Status.IN_REVIEW),
    Transition.WITHDRAW: (frozenset({Status.IN_REVIEW}), Status.DRAFT),
    Transition.RETURN: (frozenset({Status.IN_REVIEW}), Status.DRAFT),
    Transition.PUBLISH: (frozenset({Status.DRAFT, Status.IN_REVIEW, Status.PUBLIC}), Status.PUBLIC),
    Transition.UNPUBLISH: (frozenset({Status.PUBLIC}), Status.DRAFT),
    Transition.TRASH: (frozenset({Status.DRAFT, Status.IN_REVIEW, Status.PUBLIC}), Status.TRASHED),
    # A restored post becomes a draft, so that restoring never publishes anything.
    Transition.RESTORE: (frozenset({Status.TRASHED}), Status.DRAFT),
}


class TransitionNotPossible(Conflict):
    """The post's status does not allow the transition."""

    def __init__(self, step: Transition, status: Status) -> None:
        super().__init__(f"A post that is {WORDS[status]} cannot be {PARTICIPLES[step]}.")
        self.step = step
        self.status = status


WORDS = {
    Status.DRAFT: "a draft",
    Status.IN_REVIEW: "in review",
    Status.PUBLIC: "published",
    Status.TRASHED: "in the trash",
}
PARTICIPLES = {
    Transition.SUBMIT: "submitted",
    Transition.WITHDRAW: "withdrawn",
    Transition.RETURN: "sent back",
    Transition.PUBLISH: "published",
    Transition.UNPUBLISH: "unpublished",
    Transition.TRASH: "moved to the trash",
    Transition.RESTORE: "restored",
}


def after(step: Transition, status: Status) -> Status:
    """Return the status after the transition; raises `TransitionNotPossible`."""
    possible, result = TRANSITIONS[step]
    if status not in possible:
        raise TransitionNotPossible(step, status)
    return result


def state(status: Status, published_at: datetime | None, *, now: datetime) -> State:
    """Return the state that a stored status has at a moment."""
    if status is Status.PUBLIC:
        return State.PUBLISHED if published_at is not None and published_at <= now else State.SCHEDULED
    return State(status.value)
