"""The moderation buttons of a comment."""

from typing import NamedTuple

from masthead.comments.lifecycle import CommentTransition
from masthead.comments.models import Comment, CommentStatus
from masthead.comments.permissions import can_restore
from masthead.people.models import User

#: The transitions from each status, the most likely first.
POSSIBLE: dict[CommentStatus, tuple[CommentTransition, ...]] = {
    CommentStatus.PENDING: (CommentTransition.APPROVE, CommentTransition.REJECT, CommentTransition.DELETE),
    CommentStatus.APPROVED: (CommentTransition.REJECT, CommentTransition.DELETE, CommentTransition.UNAPPROVE),
    CommentStatus.SPAM: (CommentTransition.APPROVE, CommentTransition.DELETE, CommentTransition.RESTORE),
    CommentStatus.DELETED: (CommentTransition.RESTORE,),
}
LABELS: dict[CommentTransition, str] = {
    CommentTransition.APPROVE: "Approve",
    CommentTransition.REJECT: "Spam",
    CommentTransition.DELETE: "Delete",
    CommentTransition.RESTORE: "Return to pending",
    CommentTransition.UNAPPROVE: "Return to pending",
}
BULK_LABELS: dict[CommentTransition, str] = {
    CommentTransition.APPROVE: "Approve selected",
    CommentTransition.REJECT: "Mark selected as spam",
    CommentTransition.DELETE: "Delete selected",
    CommentTransition.RESTORE: "Return selected to pending",
    CommentTransition.UNAPPROVE: "Return selected to pending",
}
#: The keyboard shortcuts of the buttons, see ``queue.js``.
KEYS: dict[CommentTransition, str] = {
    CommentTransition.APPROVE: "a",
    CommentTransition.REJECT: "s",
    CommentTransition.DELETE: "d",
    CommentTransition.RESTORE: "u",
    CommentTransition.UNAPPROVE: "u",
}


class StepButton(NamedTuple):
    """A button that applies a transition."""

    step: CommentTransition
    label: str
    key: str = ""
    is_first: bool = False


def queue_buttons(comment: Comment, by: User) -> list[StepButton]:
    """Return the buttons of a comment in the moderation list."""
    steps = [
        step
        for step in POSSIBLE[comment.status]
        if step is not CommentTransition.RESTORE or can_restore(by, comment)
    ]
    return [
        StepButton(step, LABELS[step], KEYS[step], is_first=number == 0 and step is CommentTransition.APPROVE)
        for number, step in enumerate(steps)
    ]


def bulk_buttons(status: CommentStatus) -> list[StepButton]:
    """Return the buttons for the selected comments of a list."""
    return [StepButton(step, BULK_LABELS[step]) for step in POSSIBLE[status]]


def thread_buttons(comment: Comment, *, is_own: bool) -> list[StepButton]:
    """Return the buttons of a comment in its thread; one's own comment has a link for deletion instead."""
    steps = [CommentTransition.REJECT] if is_own else [CommentTransition.REJECT, CommentTransition.DELETE]
    if comment.status is CommentStatus.PENDING:
        steps.insert(0, CommentTransition.APPROVE)
    return [StepButton(step, LABELS[step]) for step in steps]
