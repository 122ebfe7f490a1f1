"""Writing index entries: the words of a post, and the names of those whom it credits."""

from typing import Any

from sqlalchemy import Connection, select

from masthead.db import insert_into
from masthead.people.models import User
from masthead.posts.models import Post, PostByline
from masthead.search import postgresql
from masthead.search.documents import document
from masthead.search.models import SearchDocument
from masthead.text.plain import text_of


def reindex(connection: Connection, post_id: int) -> None:
    """Write the words of a stored post again."""
    row = connection.execute(
        select(Post.title, Post.summary, Post.html).where(Post.id == post_id)
    ).one_or_none()
    if row is not None:
        write(connection, post_id, title=row.title, summary=row.summary, html=row.html)


def write(connection: Connection, post_id: int, *, title: str, summary: str, html: str) -> None:
    """Write the index entry of a post with these words, and the names of those whom it credits."""
    credited = (
        select(User.name, User.username)
        .join(PostByline, PostByline.user_id == User.id)
        .where(PostByline.post_id == post_id)
        .order_by(PostByline.position)
    )
    authors = "\n".join(name for row in connection.execute(credited) for name in row if name)
    made = document(title=title, summary=summary, body=text_of(html), authors=authors)
    values: dict[str, Any] = dict(made.values())
    if connection.dialect.name == "postgresql":
        values["vector"] = postgresql.vector(made)
    connection.execute(
        insert_into(SearchDocument, connection.dialect)
        .values(post_id=post_id, **values)
        .on_conflict_do_update(index_elements=["post_id"], set_=values)
    )
