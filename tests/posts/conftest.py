"""A post with everything, and a client of the API, through which posts are changed, too."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from masthead.content.rendering import Picture
from masthead.people.models import User
from masthead.posts import queries
from masthead.posts.models import Post
from tests.api.conftest import as_
from tests.factories import BylineFactory, PostFactory
from tests.support.people import Cast
from tests.support.visitors import Visitor

__all__ = ["as_"]


LEAD = Picture("/media/ab/cd.png", alt="A ferry,\non a rope", caption="At *Callow*  & beyond")
EVERYTHING = {
    "title": "Rivers",
    "slug": "rivers",
    "body": "One.\r\n\r\nTwo.\n",
    "summary": "A\nwalk.",
    "tags": ["Nature", "Walks & Talks"],
    "lead": LEAD,
    "canonical_url": "https://first.example/a?b=1&c=2",
    "language": "pt-BR",
    "translation_key": "Rivers & walks",
    "comments_open": False,
    "published_at": datetime(1954, 5, 6, 7, 8, 9, 123456, tzinfo=UTC),
}
#: What every save changes.
OF_THE_SAVE = {"updated_at", "version"}


def state_of(post_id: int) -> dict[str, Any]:
    """Every column of a post, and its credits."""
    post = queries.get(post_id)
    columns = {column.key: getattr(post, column.key) for column in Post.__table__.columns}
    kept = {name: value for name, value in columns.items() if name not in OF_THE_SAVE}
    return kept | {
        "tags": [tag.name for tag in post.tags],
        "authors": [user.username for user in post.bylines],
    }


@pytest.fixture
def full_post(cast: Cast) -> Post:
    """A post with every detail."""
    guest = BylineFactory(username="jane-doe", name="Jane Doe, Jr.")
    return PostFactory(author=cast.walt, bylines=[guest, cast.walt, cast.edith], **EVERYTHING)


@pytest.fixture
def walt(sign_in: Callable[[User], Visitor], cast: Cast) -> Visitor:
    """The author, signed in."""
    return sign_in(cast.walt)


def snapshot_of(app: Flask, post: Post) -> dict[str, Any]:
    """The same in a context of its own, without what the test holds."""
    with app.app_context():
        return state_of(post.id)
