"""The life of a comment, as one table for HTML, API, shell and imports."""

from enum import StrEnum

from masthead.comments.models import CommentStatus


class Step(StrEnum):
    """What moderators do with a comment; its author can take the step of deleting, too."""

    APPROVE = "approve"
    REJECT = "reject"
    DELETE = "delete"
    RESTORE = "restore"
    UNAPPROVE = "unapprove"


_PENDING, _APPROVED, _SPAM = CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.SPAM

#: From which statuses each step leads, and to which.
STEPS: dict[Step, tuple[frozenset[CommentStatus], CommentStatus]] = {
    Step.APPROVE: (frozenset({_PENDING, _SPAM}), _APPROVED),
    Step.REJECT: (frozenset({_PENDING, _APPROVED}), _SPAM),
    Step.DELETE: (frozenset({_PENDING, _APPROVED, _SPAM}), CommentStatus.DELETED),
    # It waits again: nobody should publish something by emptying the bin the wrong way round.
    Step.RESTORE: (frozenset({_SPAM, CommentStatus.DELETED}), _PENDING),
    Step.UNAPPROVE: (frozenset({_APPROVED}), _PENDING),
}
