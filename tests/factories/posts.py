"""Posts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import factory

from masthead import pagecache
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.people.models import User
from masthead.posts import actions, queries
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from tests.factories.people import UserFactory
from tests.factories.storing import storing

#: The first post of a test is of this day, and each further one a day older: lists keep the order of making.
NEWEST = datetime(2026, 3, 1, 12, tzinfo=UTC)
RENDERED = frozenset({"title", "body", "summary", "slug", "tags", "lead"})


class PostFactory(factory.Factory[Post]):
    """A published post; ``tags`` are names, ``bylines`` users. A later ``published_at`` than now makes it scheduled."""

    class Meta:
        model = Post

    title = factory.Sequence(lambda number: f"Story {number}")
    body = factory.Faker("paragraph", nb_sentences=3)
    author = factory.SubFactory(UserFactory, role="author")
    status = Status.PUBLIC
    published_at = factory.Sequence(lambda number: NEWEST - timedelta(days=number))

    @classmethod
    def _create(
        cls, model_class: type[Post], *_: Any, author: User, bylines: list[User] | None = None, **values: Any
    ) -> Post:
        rendered = render_text(**_tidy({name: values.pop(name) for name in RENDERED & values.keys()}))
        at = values["published_at"] or NEWEST
        with storing():
            post = actions.create(rendered, by=author, at=at, bylines=bylines)
            for name, value in values.items():
                setattr(post, name, value)
            # The status is set past the actions, which would tell the page cache.
            pagecache.invalidate("posts", "edits", f"post:{post.id}")
            if post.status is Status.TRASHED and post.trashed_at is None:
                post.trashed_at = at
            db.session.commit()
            # Read again, with everything that a page shows: a test may ask for its author and its tags.
            return _whole(post.id)


class DraftFactory(PostFactory):
    """A post that only its author and the editors can see."""

    status = Status.DRAFT
    published_at = None


def _tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if name == "tags" else value for name, value in values.items()}


def _whole(post_id: int) -> Post:
    db.session.expunge_all()
    return queries.get(post_id)
