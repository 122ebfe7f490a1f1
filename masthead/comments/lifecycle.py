"""The life of a comment, as one table for HTML, API, shell and imports."""

from enum import StrEnum

from masthead.comments.models import CommentStatus


class CommentTransition(StrEnum):
    """What moderators do with a comment; its author can take the step of deleting, too."""

    APPROVE = "approve"
    REJECT = "reject"
    DELETE = "delete"
    RESTORE = "restore"
    UNAPPROVE = "unapprove"


_PENDING, _APPROVED, _SPAM = CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.SPAM

#: From which statuses each step leads, and to which.
TRANSITIONS: dict[CommentTransition, tuple[frozenset[CommentStatus], CommentStatus]] = {
    CommentTransition.APPROVE: (frozenset({_PENDING, _SPAM}), _APPROVED),
    CommentTransition.REJECT: (frozenset({_PENDING, _APPROVED}), _SPAM),
    CommentTransition.DELETE: (frozenset({_PENDING, _APPROVED, _SPAM}), CommentStatus.DELETED),
    # It waits again: nobody should publish something by emptying the bin the wrong way round.
    CommentTransition.RESTORE: (frozenset({_SPAM, CommentStatus.DELETED}), _PENDING),
    CommentTransition.UNAPPROVE: (frozenset({_APPROVED}), _PENDING),
}
