"""The life of a post, as one table for HTML, API, shell and imports.

Stored are four statuses. Whether a public post is scheduled or published follows from its date and the time, so that
no worker has to wake up for it.
"""

from datetime import datetime
from enum import StrEnum

from masthead.errors import Conflict


class Status(StrEnum):
    """What is stored."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLIC = "public"
    TRASHED = "trashed"


class State(StrEnum):
    """What people see."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    TRASHED = "trashed"

    @property
    def label(self) -> str:
        """The state as people read it."""
        return LABELS[self]


LABELS: dict[State, str] = {
    State.DRAFT: "Draft",
    State.IN_REVIEW: "In review",
    State.SCHEDULED: "Scheduled",
    State.PUBLISHED: "Published",
    State.TRASHED: "In the trash",
}


class Transition(StrEnum):
    """What somebody can do with a post."""

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
    # A post comes back as a draft: nobody should publish something by emptying the bin the wrong way round.
    Transition.RESTORE: (frozenset({Status.TRASHED}), Status.DRAFT),
}


class TransitionNotPossible(Conflict):
    """The post's status rules the step out."""

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
    """The status after the step; raises `StepNotPossible`."""
    possible, result = TRANSITIONS[step]
    if status not in possible:
        raise TransitionNotPossible(step, status)
    return result


def state(status: Status, published_at: datetime | None, *, now: datetime) -> State:
    """What people see of a stored status at a moment."""
    if status is Status.PUBLIC:
        return State.PUBLISHED if published_at is not None and published_at <= now else State.SCHEDULED
    return State(status.value)
