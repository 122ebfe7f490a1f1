"""The transitions of a comment, one table for HTML, API, shell and imports."""

from enum import StrEnum

from masthead.comments.models import CommentStatus


class CommentTransition(StrEnum):
    """The transitions that moderators can apply; authors can apply `delete` to their own comments."""

    APPROVE = "approve"
    REJECT = "reject"
    DELETE = "delete"
    RESTORE = "restore"
    UNAPPROVE = "unapprove"


_PENDING, _APPROVED, _SPAM = CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.SPAM

#: The source statuses and the target status of each transition.
TRANSITIONS: dict[CommentTransition, tuple[frozenset[CommentStatus], CommentStatus]] = {
    CommentTransition.APPROVE: (frozenset({_PENDING, _SPAM}), _APPROVED),
    CommentTransition.REJECT: (frozenset({_PENDING, _APPROVED}), _SPAM),
    CommentTransition.DELETE: (frozenset({_PENDING, _APPROVED, _SPAM}), CommentStatus.DELETED),
    # A restored comment waits again, so that restoring never publishes anything.
    CommentTransition.RESTORE: (frozenset({_SPAM, CommentStatus.DELETED}), _PENDING),
    CommentTransition.UNAPPROVE: (frozenset({_APPROVED}), _PENDING),
}
