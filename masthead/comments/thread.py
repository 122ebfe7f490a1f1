"""The discussion below a post as a tree, in which nothing is that its reader may not read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from masthead.accounts.models import User
from masthead.comments.models import Comment
from masthead.comments.permissions import can_delete, can_revise

#: How many comments a comment can stand below. An answer to one at this depth stands beside it.
MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the thread: a comment, or None where only a tombstone keeps the answers together."""

    id: int
    comment: Comment | None
    replies: list["Node"]
    is_own: bool = False
    can_revise: bool = False
    can_delete: bool = False


def build(rows: Iterable[tuple[Comment, bool]], *, reader: User | None, at: datetime) -> list[Node]:
    """The tree of ``(comment, is_readable)`` in the order of the rows."""
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


def find(nodes: Sequence[Node], comment_id: int | None) -> Comment | None:
    """The readable comment with this id."""
    for node in nodes:
        if node.id == comment_id:
            return node.comment
        found = find(node.replies, comment_id)
        if found is not None:
            return found
    return None
