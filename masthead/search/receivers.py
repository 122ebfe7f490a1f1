"""Updates the index in the flush that writes a post, and so in its transaction."""

from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Mapper, Session

from masthead.account_deletion.signals import ContentTransfer
from masthead.db import Base
from masthead.jobs import enqueue
from masthead.people.models import User
from masthead.posts.models import Post, PostByline
from masthead.search import tasks
from masthead.search.indexing import IndexedPost, reindex, write_all

_WRITTEN = ("title", "summary", "html")
_NAMED = ("name", "username")
_POSTS = "masthead.search.posts"
_PEOPLE = "masthead.search.people"


@event.listens_for(Post, "after_insert")
@event.listens_for(Post, "after_update")
def note_post(_mapper: Mapper[Post], _connection: Connection, post: Post) -> None:
    """Note a post whose words have changed."""
    if _has_changed(post, _WRITTEN):
        _noted(post, _POSTS)[post.id] = post


@event.listens_for(PostByline, "after_insert")
@event.listens_for(PostByline, "after_delete")
def note_byline(_mapper: Mapper[PostByline], _connection: Connection, byline: PostByline) -> None:
    """Note a post whose bylines have changed."""
    _noted(byline, _POSTS).setdefault(byline.post_id, None)


@event.listens_for(User, "after_update")
def note_person(_mapper: Mapper[User], _connection: Connection, user: User) -> None:
    """Note a person whose name has changed."""
    if _has_changed(user, _NAMED):
        _noted(user, _PEOPLE)[user.id] = user


@event.listens_for(Session, "after_flush")
def index(session: Session, _context: object) -> None:
    """Index all noted posts, once each."""
    posts: dict[int, Post | None] = session.info.pop(_POSTS, {})
    written = [
        IndexedPost(one.id, one.title, one.summary, one.html) for one in posts.values() if one is not None
    ]
    if written:
        write_all(session.connection(), written)
    for post_id, post in posts.items():
        if post is None:
            reindex(session.connection(), post_id)
    for user_id in session.info.pop(_PEOPLE, {}):
        enqueue(tasks.index_author, user_id, 0)


def reindex_transferred_posts(transfer: ContentTransfer) -> None:
    """Index transferred posts under their new author's name."""
    if transfer.posts_to is not None:
        enqueue(tasks.index_author, transfer.posts_to.id, 0)


def _has_changed(row: Base, names: tuple[str, ...]) -> bool:
    history = inspect(row).attrs
    return any(history[name].history.has_changes() for name in names)


def _noted(row: object, key: str) -> dict[int, Any]:
    session = Session.object_session(row)
    noted: dict[int, Any] = session.info.setdefault(key, {}) if session is not None else {}
    return noted
