"""Counting what waits for the people who run the publication."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from masthead.accounts.models import User
from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.posts.lifecycle import State
from masthead.posts.models import Post
from masthead.posts.queries import in_state


@dataclass(frozen=True, slots=True)
class Workload:
    """How many of each there are."""

    comments_waiting: int
    in_review: int
    scheduled: int
    drafts: int
    published: int
    trashed: int
    accounts: int


def workload() -> Workload:
    """Everything that the overview counts, in one query."""
    row = db.session.execute(
        select(
            _count(Comment, Comment.status == CommentStatus.PENDING),
            _count(Post, in_state(State.IN_REVIEW)),
            _count(Post, in_state(State.SCHEDULED)),
            _count(Post, in_state(State.DRAFT)),
            _count(Post, in_state(State.PUBLISHED)),
            _count(Post, in_state(State.TRASHED)),
            _count(User, User.is_byline.is_(False)),
        )
    ).one()
    return Workload(*row)


def _count(model: type[Comment | Post | User], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(model).where(condition).scalar_subquery()
