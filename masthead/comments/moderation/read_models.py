"""Comments as moderators see them: rows, filters and decisions."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import url_for

from masthead.comments.links import comment_url
from masthead.comments.models import Comment, CommentStatus
from masthead.comments.moderation.buttons import StepButton, queue_buttons
from masthead.people.models import User
from masthead.web.list_filters import FilterLink

FILTERS: dict[CommentStatus, str] = {
    CommentStatus.PENDING: "Pending",
    CommentStatus.APPROVED: "Approved",
    CommentStatus.SPAM: "Spam",
    CommentStatus.DELETED: "Deleted",
}
#: The label of the last decision, by the status it led to.
DECISIONS: dict[CommentStatus, str] = {
    CommentStatus.PENDING: "Returned to pending",
    CommentStatus.APPROVED: "Approved",
    CommentStatus.SPAM: "Marked as spam",
    CommentStatus.DELETED: "Deleted",
}


class Decision(NamedTuple):
    """A decision in words: its kind, its author and its time."""

    words: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A row of the moderation list."""

    comment: Comment
    url: str
    decision: Decision | None
    buttons: list[StepButton]


def filters(current: CommentStatus, counts: dict[CommentStatus, int]) -> list[FilterLink]:
    """Return links to the comments of each status. The list of pending ones has no status in its address."""
    return [
        FilterLink(label, _queue_url(status), status is current, counts.get(status, 0))
        for status, label in FILTERS.items()
    ]


def _queue_url(status: CommentStatus) -> str:
    shown = None if status is CommentStatus.PENDING else status
    return url_for("comments_admin.queue", status=shown)


def queue_row(comment: Comment, by: User, *, waiting: int) -> QueueRow:
    """Return the row of a comment for a moderator, with the number of pending ones."""
    url = comment_url(comment, comment.post, waiting=waiting)
    return QueueRow(comment, url, _decision(comment), queue_buttons(comment, by))


def _decision(comment: Comment) -> Decision | None:
    if comment.decided_by is None:
        return None
    is_taken_back = comment.status is CommentStatus.DELETED and comment.decided_by_id == comment.author_id
    by = "its author" if is_taken_back else comment.decided_by.display_name
    return Decision(DECISIONS[comment.status], by, comment.decided_at)
