"""Posts and pages as text files with front matter. Each line of it is a name and a JSON value, which is YAML as well."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from masthead.archive import tables, values
from masthead.archive.errors import BadArchive
from masthead.archive.reading import ArchiveReader
from masthead.archive.records import POSTS_AT_ONCE, Record, RowNames, in_batches, record, rows
from masthead.archive.tables import ArchivedTable
from masthead.pages.models import Page, PageSlug
from masthead.posts.models import Post, PostByline, PostSlug, PostTag
from masthead.text.anchors import older_ids

FENCE: Final = "---\n"


def text_of(fields: Mapping[str, Any], body: str) -> str:
    """A text file; the body is what follows the second fence, to the last byte."""
    lines = (f"{name}: {values.line(fields[name])}\n" for name in sorted(fields))
    return f"{FENCE}{''.join(lines)}{FENCE}{body}"


def parsed(name: str, text: str) -> tuple[dict[str, Any], str]:
    """The fields and the body of a text file; raises `BadArchive`."""
    head, fence, body = text.removeprefix(FENCE).partition(f"\n{FENCE}")
    if not text.startswith(FENCE) or not fence:
        raise BadArchive(f"{name} has no front matter.")
    fields = {}
    for number, line in enumerate(head.split("\n"), 2):
        field, colon, value = line.partition(": ")
        try:
            fields[field] = json.loads(value)
        except (ValueError, RecursionError):
            colon = ""
        if not colon:
            raise BadArchive(f"{name}, line {number}: this is no name with a JSON value.")
    return fields, body


def updated_at(archive: ArchiveReader, name: str) -> datetime | None:
    """The moment of the last change of a text; None if it is not in the archive."""
    if not archive.has(name):
        return None
    fields, _ = parsed(name, archive.text(name))
    return values.moment("updated_at", fields.get("updated_at"))


def posts(session: Session, names: RowNames) -> Iterator[tuple[str, str]]:
    """Every post: its slug, and its file."""
    ids = sorted(names.posts, key=lambda post_id: names.posts[post_id])
    for batch in in_batches(ids, POSTS_AT_ONCE):
        people = _lists(session, PostByline.post_id, PostByline.user_id, PostByline.position, batch)
        tags = _lists(session, PostTag.post_id, PostTag.tag_id, PostTag.position, batch)
        slugs = _lists(session, PostSlug.post_id, PostSlug.slug, PostSlug.slug, batch)
        for post_id in batch:
            # One by one, since a body may have megabytes.
            (row,) = rows(session, tables.POSTS, Post.id == post_id)
            yield (
                row["slug"],
                _document(
                    tables.POSTS,
                    row,
                    slugs.get(post_id, []),
                    author=names.users[row["author_id"]],
                    bylines=[names.users[user_id] for user_id in people.get(post_id, [])],
                    tags=[names.tags[tag_id] for tag_id in tags.get(post_id, [])],
                ),
            )


def pages(session: Session, names: RowNames) -> Iterator[tuple[str, str]]:
    """Every page: its slug, and its file."""
    for page_id in sorted(names.pages, key=lambda page_id: names.pages[page_id]):
        slugs = _lists(session, PageSlug.page_id, PageSlug.slug, PageSlug.slug, [page_id])
        (row,) = rows(session, tables.PAGES, Page.id == page_id)
        yield row["slug"], _document(tables.PAGES, row, slugs.get(page_id, []))


def _document(table: ArchivedTable, row: Any, slugs: list[str], **rest: Any) -> str:
    former = sorted(slug for slug in slugs if slug != row["slug"])
    fields: Record = record(table, row, former_slugs=former, heading_ids=older_ids(row["html"]), **rest)
    fields.pop("body", None)
    return text_of(fields, row["body"])


def _lists(session: Session, key: Any, value: Any, order: Any, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for owner, one in session.execute(select(key, value).where(key.in_(ids)).order_by(key, order)):
        found.setdefault(owner, []).append(one)
    return found
