"""The comments and view counts of the demonstration."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from random import Random

from masthead.comments import actions, rendering
from masthead.comments.lifecycle import CommentTransition
from masthead.comments.models import Comment, CommentStatus
from masthead.comments.rendering import RenderedComment
from masthead.db import db
from masthead.operation.demo.collection import Reply
from masthead.people.models import User
from masthead.posts.models import DailyViews, Post

#: Time between two comments on a post.
PACE = timedelta(hours=1, minutes=50)
#: Days for which a demonstration post is read after its publication.
READ_DAYS = 40

#: Moderation actions that lead to each status. A pending comment was marked as spam and then restored.
DECISIONS: dict[CommentStatus, tuple[CommentTransition, ...]] = {
    CommentStatus.APPROVED: (CommentTransition.APPROVE,),
    CommentStatus.PENDING: (CommentTransition.REJECT, CommentTransition.RESTORE),
    CommentStatus.SPAM: (CommentTransition.REJECT,),
    CommentStatus.DELETED: (CommentTransition.DELETE,),
}


def rendered(replies: Iterable[Reply]) -> dict[str, RenderedComment]:
    """Render the texts of comments and replies."""
    return {reply.text: rendering.render_comment(reply.text) for reply in _flat(replies)}


def _flat(replies: Iterable[Reply]) -> Iterator[Reply]:
    for reply in replies:
        yield reply
        yield from _flat(reply.replies)


class DemoDiscussion:
    """The comments on one post."""

    def __init__(
        self, post: Post, people: Mapping[str, User], moderator: User, rendered: Mapping[str, RenderedComment]
    ) -> None:
        self._post = post
        self._people = people
        self._moderator = moderator
        self._remarks = rendered
        begin = post.published_at or post.created_at
        self._times = (begin + PACE * number for number in count(1))

    def write(self, replies: Iterable[Reply], *, until: datetime, parent: Comment | None = None) -> int:
        """Write the comments and their replies; returns their number."""
        written = 0
        for reply in replies:
            at = min(next(self._times), until)
            comment = actions.write(
                self._post,
                self._remarks[reply.text],
                by=self._people[reply.by],
                at=at,
                parent_id=parent.id if parent else None,
            )
            written += 1 + self.write(reply.replies, until=until, parent=self._approved(comment, at=at))
            self._decide(comment, CommentStatus(reply.status), at=at)
        return written

    def _approved(self, comment: Comment, *, at: datetime) -> Comment:
        actions.take(CommentTransition.APPROVE, [comment], by=self._moderator, at=at)
        return comment

    def _decide(self, comment: Comment, status: CommentStatus, *, at: datetime) -> None:
        if status is not CommentStatus.APPROVED:
            for step in DECISIONS[status]:
                actions.take(step, [comment], by=self._moderator, at=at)


def add_readers(post: Post, *, at: datetime) -> None:
    """Add view counts to a published post: most on its first day, then ever fewer."""
    if post.published_at is None or post.published_at > at:
        return
    random = Random(post.slug)  # noqa: S311 - nobody guesses readers
    first = random.uniform(60, 420)
    days = min((at - post.published_at).days, READ_DAYS)
    for day in range(days + 1):
        views = round(first * random.uniform(0.7, 1.3) / (1 + day) ** 0.9)
        if views:
            moment = post.published_at + timedelta(days=day)
            db.session.add(DailyViews(post_id=post.id, day=moment.date(), views=views))
            post.views += views
