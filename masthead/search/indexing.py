"""Writes index entries: the words of a post and the names of its credited people."""

from typing import Any

from sqlalchemy import Connection, select

from masthead.db import insert_into
from masthead.people.models import User
from masthead.posts.models import Post, PostByline
from masthead.search import postgresql
from masthead.search.documents import Document, document
from masthead.search.models import SearchDocument
from masthead.text.plain import text_of

#: The indexed columns of a post.
ENTRY_COLUMNS = ("title", "summary", "body", "authors", "forms")
ROWS_AT_ONCE = 100


def reindex(connection: Connection, post_id: int) -> None:
    """Index the words of a stored post again."""
    row = connection.execute(
        select(Post.title, Post.summary, Post.html).where(Post.id == post_id)
    ).one_or_none()
    if row is not None:
        write(connection, post_id, title=row.title, summary=row.summary, html=row.html)


def write(connection: Connection, post_id: int, *, title: str, summary: str, html: str) -> None:
    """Write the index entry of a post with these words and the names of its credited people."""
    made = _entry(connection, post_id, title=title, summary=summary, html=html)
    values: dict[str, Any] = dict(made.values())
    if connection.dialect.name == "postgresql":
        values["vector"] = postgresql.vector(made)
    connection.execute(
        insert_into(SearchDocument, connection.dialect)
        .values(post_id=post_id, **values)
        .on_conflict_do_update(index_elements=["post_id"], set_=values)
    )


def drifted(connection: Connection) -> list[int]:
    """Return the posts whose index entry is missing or outdated."""
    columns = [SearchDocument.__table__.c[name] for name in ENTRY_COLUMNS]
    rows = connection.execute(
        select(
            Post.id,
            Post.title,
            Post.summary,
            Post.html,
            *[column.label(f"entry_{column.name}") for column in columns],
        )
        .outerjoin(SearchDocument, SearchDocument.post_id == Post.id)
        .order_by(Post.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    found = []
    for row in rows:
        made = _entry(connection, row.id, title=row.title, summary=row.summary, html=row.html).values()
        if any(getattr(row, f"entry_{name}") != made[name] for name in ENTRY_COLUMNS):
            found.append(row.id)
    return found


def _entry(connection: Connection, post_id: int, *, title: str, summary: str, html: str) -> Document:
    credited = (
        select(User.name, User.username)
        .join(PostByline, PostByline.user_id == User.id)
        .where(PostByline.post_id == post_id)
        .order_by(PostByline.position)
    )
    authors = "\n".join(name for row in connection.execute(credited) for name in row if name)
    return document(title=title, summary=summary, body=text_of(html), authors=authors)
