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


class Step(StrEnum):
    """What somebody can do with a post."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    TRASH = "trash"
    RESTORE = "restore"


STEPS: dict[Step, tuple[frozenset[Status], Status]] = {
    Step.SUBMIT: (frozenset({Status.DRAFT, Status.IN_REVIEW}), Status.IN_REVIEW),
    Step.WITHDRAW: (frozenset({Status.IN_REVIEW}), Status.DRAFT),
    Step.RETURN: (frozenset({Status.IN_REVIEW}), Status.DRAFT),
    Step.PUBLISH: (frozenset({Status.DRAFT, Status.IN_REVIEW, Status.PUBLIC}), Status.PUBLIC),
    Step.UNPUBLISH: (frozenset({Status.PUBLIC}), Status.DRAFT),
    Step.TRASH: (frozenset({Status.DRAFT, Status.IN_REVIEW, Status.PUBLIC}), Status.TRASHED),
    # A post comes back as a draft: nobody should publish something by emptying the bin the wrong way round.
    Step.RESTORE: (frozenset({Status.TRASHED}), Status.DRAFT),
}


class StepNotPossible(Conflict):
    """The post's status rules the step out."""

    def __init__(self, step: Step, status: Status) -> None:
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
    Step.SUBMIT: "submitted",
    Step.WITHDRAW: "withdrawn",
    Step.RETURN: "sent back",
    Step.PUBLISH: "published",
    Step.UNPUBLISH: "unpublished",
    Step.TRASH: "moved to the trash",
    Step.RESTORE: "restored",
}


def after(step: Step, status: Status) -> Status:
    """The status after the step; raises `StepNotPossible`."""
    possible, result = STEPS[step]
    if status not in possible:
        raise StepNotPossible(step, status)
    return result


def state(status: Status, published_at: datetime | None, *, now: datetime) -> State:
    """What people see of a stored status at a moment."""
    if status is Status.PUBLIC:
        return State.PUBLISHED if published_at is not None and published_at <= now else State.SCHEDULED
    return State(status.value)
