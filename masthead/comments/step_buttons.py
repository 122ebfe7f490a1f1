"""The buttons with which moderators decide on comments."""

from typing import NamedTuple

from masthead.comments.lifecycle import Step
from masthead.comments.models import Comment, CommentStatus
from masthead.comments.permissions import can_restore
from masthead.people.models import User

#: The steps with a comment of each status, the likeliest first.
POSSIBLE: dict[CommentStatus, tuple[Step, ...]] = {
    CommentStatus.PENDING: (Step.APPROVE, Step.REJECT, Step.DELETE),
    CommentStatus.APPROVED: (Step.REJECT, Step.DELETE, Step.UNAPPROVE),
    CommentStatus.SPAM: (Step.APPROVE, Step.DELETE, Step.RESTORE),
    CommentStatus.DELETED: (Step.RESTORE,),
}
LABELS: dict[Step, str] = {
    Step.APPROVE: "Approve",
    Step.REJECT: "Spam",
    Step.DELETE: "Delete",
    Step.RESTORE: "Return to pending",
    Step.UNAPPROVE: "Return to pending",
}
BULK_LABELS: dict[Step, str] = {
    Step.APPROVE: "Approve selected",
    Step.REJECT: "Mark selected as spam",
    Step.DELETE: "Delete selected",
    Step.RESTORE: "Return selected to pending",
    Step.UNAPPROVE: "Return selected to pending",
}
#: The keys that press the buttons, see ``queue.js``.
KEYS: dict[Step, str] = {
    Step.APPROVE: "a",
    Step.REJECT: "s",
    Step.DELETE: "d",
    Step.RESTORE: "u",
    Step.UNAPPROVE: "u",
}


class StepButton(NamedTuple):
    """A button that takes a step."""

    step: Step
    label: str
    key: str = ""
    is_first: bool = False


def queue_buttons(comment: Comment, by: User) -> list[StepButton]:
    """The steps of a moderator with a comment in their list."""
    steps = [
        step for step in POSSIBLE[comment.status] if step is not Step.RESTORE or can_restore(by, comment)
    ]
    return [
        StepButton(step, LABELS[step], KEYS[step], is_first=number == 0 and step is Step.APPROVE)
        for number, step in enumerate(steps)
    ]


def bulk_buttons(status: CommentStatus) -> list[StepButton]:
    """The steps with the selected comments of a list."""
    return [StepButton(step, BULK_LABELS[step]) for step in POSSIBLE[status]]


def thread_buttons(comment: Comment, *, is_own: bool) -> list[StepButton]:
    """The steps of a moderator below the comment in its thread; one's own has a link for deleting it."""
    steps = [Step.REJECT] if is_own else [Step.REJECT, Step.DELETE]
    if comment.status is CommentStatus.PENDING:
        steps.insert(0, Step.APPROVE)
    return [StepButton(step, LABELS[step]) for step in steps]
