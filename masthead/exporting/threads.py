"""The comments of a batch of posts, each with the nearest comment above it that is exported as well."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy.orm import Session

from masthead.comments.models import Comment
from masthead.exporting import queries
from masthead.posts.models import Post


@dataclass(slots=True)
class ThreadReader:
    """Reads the comments post by post, in the order of the posts' ids. A post's comments are read before the next's."""

    _left_out: Mapping[int, int | None]
    _groups: Iterator[tuple[int, Iterator[Comment]]]
    _waiting: tuple[int, Iterator[Comment]] | None = field(default=None)

    def below(self, post: Post) -> Iterator[Comment]:
        """The comments of a post, oldest first."""
        if self._waiting is None:
            self._waiting = next(self._groups, None)
        if self._waiting is None or self._waiting[0] != post.id:
            return
        found = self._waiting[1]
        yield from found
        self._waiting = None

    def answered(self, comment: Comment) -> int | None:
        """The comment that this one answers; of one that is left out, the one above it."""
        above = comment.reply_to_id or comment.parent_id
        seen: set[int] = set()
        while above is not None and above in self._left_out and above not in seen:
            seen.add(above)
            above = self._left_out[above]
        return None if above in seen else above


def threads(session: Session, posts: Sequence[Post]) -> ThreadReader:
    """Open the comments of these posts."""
    ids = [post.id for post in posts]
    rows = queries.comments_below(session, ids)
    return ThreadReader(
        queries.left_out_comments(session, ids), groupby(rows, key=lambda comment: comment.post_id)
    )
