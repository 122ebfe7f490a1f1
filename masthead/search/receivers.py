"""Keeping what is searched equal to what is written: in the flush that writes a post, so in its transaction."""

from typing import Any

from sqlalchemy import Connection, event, inspect, select
from sqlalchemy.orm import Mapper

from masthead.db import insert_into
from masthead.posts.models import Post
from masthead.search import postgresql
from masthead.search.models import SearchDocument
from masthead.text.plain import text_of

#: Of longer texts the beginning is searched: PostgreSQL's index entries hold a megabyte.
SEARCHED_CHARACTERS = 200_000
_WRITTEN = ("title", "summary", "html")
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32)), " ")


@event.listens_for(Post, "after_insert")
@event.listens_for(Post, "after_update")
def index(_mapper: Mapper[Post], connection: Connection, post: Post) -> None:
    """Write the words of a post whose words have changed."""
    history = inspect(post).attrs
    if not any(history[name].history.has_changes() for name in _WRITTEN):
        return
    _write(connection, post.id, title=post.title, summary=post.summary, html=post.html)


def reindex(connection: Connection, post_id: int) -> None:
    """Write the words of a stored post again."""
    row = connection.execute(
        select(Post.title, Post.summary, Post.html).where(Post.id == post_id)
    ).one_or_none()
    if row is not None:
        _write(connection, post_id, title=row.title, summary=row.summary, html=row.html)


def _write(connection: Connection, post_id: int, *, title: str, summary: str, html: str) -> None:
    words = {"title": _searched(title), "summary": _searched(summary), "body": _searched(text_of(html))}
    values: dict[str, Any] = dict(words)
    if connection.dialect.name == "postgresql":
        values["vector"] = postgresql.vector(**words)
    connection.execute(
        insert_into(SearchDocument, connection.dialect)
        .values(post_id=post_id, **values)
        .on_conflict_do_update(index_elements=["post_id"], set_=values)
    )


def _searched(text: str) -> str:
    return text[:SEARCHED_CHARACTERS].translate(_CONTROLS)
