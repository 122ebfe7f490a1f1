"""Writes index entries: the words of a post and the names of its credited people."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class IndexedPost:
    """The words of a post that are indexed."""

    id: int
    title: str
    summary: str
    html: str


def reindex(connection: Connection, post_id: int) -> None:
    """Index the words of a stored post again."""
    row = connection.execute(
        select(Post.title, Post.summary, Post.html).where(Post.id == post_id)
    ).one_or_none()
    if row is not None:
        write_all(connection, [IndexedPost(post_id, row.title, row.summary, row.html)])


def write_all(connection: Connection, posts: Sequence[IndexedPost]) -> None:
    """Write the index entries of posts with these words and the names of their credited people, in few statements."""
    for start in range(0, len(posts), ROWS_AT_ONCE):
        chunk = posts[start : start + ROWS_AT_ONCE]
        credited = _credited(connection, [post.id for post in chunk])
        made = [(post.id, _document(post, credited.get(post.id, ""))) for post in chunk]
        if connection.dialect.name == "postgresql":
            for post_id, entry in made:
                _write(connection, post_id, {**entry.values(), "vector": postgresql.vector(entry)})
        else:
            rows = [{"post_id": post_id, **entry.values()} for post_id, entry in made]
            insertion = insert_into(SearchDocument, connection.dialect)
            values = {name: insertion.excluded[name] for name in ENTRY_COLUMNS}
            connection.execute(insertion.on_conflict_do_update(index_elements=["post_id"], set_=values), rows)


def _write(connection: Connection, post_id: int, values: dict[str, Any]) -> None:
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
        post = IndexedPost(row.id, row.title, row.summary, row.html)
        made = _document(post, _credited(connection, [row.id]).get(row.id, "")).values()
        if any(getattr(row, f"entry_{name}") != made[name] for name in ENTRY_COLUMNS):
            found.append(row.id)
    return found


def _credited(connection: Connection, post_ids: Sequence[int]) -> dict[int, str]:
    """The names of the credited people of each post."""
    found: dict[int, list[str]] = {}
    for post_id, *names in connection.execute(
        select(PostByline.post_id, User.name, User.username)
        .join(User, PostByline.user_id == User.id)
        .where(PostByline.post_id.in_(post_ids))
        .order_by(PostByline.post_id, PostByline.position)
    ):
        found.setdefault(post_id, []).extend(filter(None, names))
    return {post_id: "\n".join(names) for post_id, names in found.items()}


def _document(post: IndexedPost, authors: str) -> Document:
    return document(title=post.title, summary=post.summary, body=text_of(post.html), authors=authors)
