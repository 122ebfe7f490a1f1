"""The discussion below a post as a tree of comments that its reader may read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from masthead.comments.models import Comment, CommentStatus
from masthead.comments.moderation.buttons import StepButton, thread_buttons
from masthead.comments.permissions import can_delete, can_revise
from masthead.people.models import User

#: The maximum depth of a comment. A reply to one at this depth becomes its sibling.
MAX_DEPTH = 4
#: The number of root comments on a page, each with all its replies.
ROOTS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the thread: a comment, or None for a tombstone that keeps its replies together."""

    id: int
    comment: Comment | None
    replies: list["Node"]
    is_own: bool = False
    can_revise: bool = False
    can_delete: bool = False

    @property
    def status(self) -> CommentStatus:
        """The status of the comment; deleted for a tombstone."""
        return CommentStatus.DELETED if self.comment is None else self.comment.status

    @property
    def is_pending(self) -> bool:
        """True if the comment waits for a moderator."""
        return self.status is CommentStatus.PENDING

    @property
    def takes_replies(self) -> bool:
        """True if everybody can read the comment, so that replies are possible."""
        return self.status is CommentStatus.APPROVED

    @property
    def buttons(self) -> list[StepButton]:
        """The moderation buttons."""
        return [] if self.comment is None else thread_buttons(self.comment, is_own=self.is_own)


def build(rows: Iterable[tuple[Comment, bool]], *, reader: User | None, at: datetime) -> list[Node]:
    """Build the tree of ``(comment, is_readable)`` rows, in their order."""
    children: dict[int | None, list[tuple[Comment, bool]]] = defaultdict(list)
    for comment, is_readable in rows:
        children[comment.parent_id].append((comment, is_readable))

    def below(parent_id: int | None) -> list[Node]:
        nodes = []
        for comment, is_readable in children[parent_id]:
            replies = below(comment.id)
            if is_readable:
                is_own = reader is not None and reader.id == comment.author_id
                rights = can_revise(reader, comment, at=at), can_delete(reader, comment)
                nodes.append(Node(comment.id, comment, replies, is_own, *rights))
            elif replies:
                nodes.append(Node(comment.id, None, replies))
        return nodes

    return below(None)


def branches(rows: Iterable[tuple[int, int | None, bool]]) -> list[list[int]]:
    """Return the ids of the ``(id, parent_id, is_readable)`` rows that `build` would show, grouped by root."""
    children: dict[int | None, list[tuple[int, bool]]] = defaultdict(list)
    for comment_id, parent_id, is_readable in rows:
        children[parent_id].append((comment_id, is_readable))

    def below(parent_id: int | None) -> list[list[int]]:
        found = []
        for comment_id, is_readable in children[parent_id]:
            replies = [reply for branch in below(comment_id) for reply in branch]
            if is_readable or replies:
                found.append([comment_id, *replies])
        return found

    return below(None)


def ids_of(node: Node) -> list[int]:
    """Return the ids of a comment and of all its descendants."""
    return [node.id, *(found for reply in node.replies for found in ids_of(reply))]


def page_with(branches: Sequence[Collection[int]], comment_id: int | None) -> int | None:
    """Return the number of the page that holds a comment."""
    places = (place for place, branch in enumerate(branches) if comment_id in branch)
    place = next(places, None)
    return None if place is None else place // ROOTS_PER_PAGE + 1


def find(nodes: Sequence[Node], comment_id: int | None) -> Comment | None:
    """Return the readable comment with this id."""
    for node in nodes:
        if node.id == comment_id:
            return node.comment
        found = find(node.replies, comment_id)
        if found is not None:
            return found
    return None
