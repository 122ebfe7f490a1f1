"""Keeping what is searched equal to what is written: in the flush that writes a post, so in its transaction."""

from typing import Any

from sqlalchemy import Connection, event, inspect
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
    words = {
        "title": _searched(post.title),
        "summary": _searched(post.summary),
        "body": _searched(text_of(post.html)),
    }
    values: dict[str, Any] = dict(words)
    if connection.dialect.name == "postgresql":
        values["vector"] = postgresql.vector(**words)
    connection.execute(
        insert_into(SearchDocument, connection.dialect)
        .values(post_id=post.id, **values)
        .on_conflict_do_update(index_elements=["post_id"], set_=values)
    )


def _searched(text: str) -> str:
    return text[:SEARCHED_CHARACTERS].translate(_CONTROLS)
