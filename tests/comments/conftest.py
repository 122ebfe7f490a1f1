from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from masthead.comments.models import Comment
from masthead.db import db
from masthead.posts.models import Post
from masthead.settings import actions as settings


@pytest.fixture
def set_policy(app: Flask) -> Callable[[str], None]:
    """Say which comments wait: `everybody`'s none, the `first` of each person, or `all`."""

    def put(policy: str) -> None:
        with app.app_context():
            settings.change(comment_policy=policy)
            db.session.commit()

    return put


@pytest.fixture
def stored(app: Flask) -> Callable[[], list[Comment]]:
    """Every comment in the database, in the order of making."""

    def read() -> list[Comment]:
        with app.app_context():
            return list(db.session.scalars(select(Comment).order_by(Comment.id)))

    return read


@pytest.fixture
def count_of(app: Flask) -> Callable[[Post], int]:
    """The number of comments that a post carries."""

    def read(post: Post) -> int:
        with app.app_context():
            return db.session.scalar(select(Post.comment_count).where(Post.id == post.id)) or 0

    return read
