"""Stores comments below imported posts, each once; what was decided about them here stays."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import insert, select

from masthead.comments import bulk_create
from masthead.comments.bulk_create import CommentImport, CommentPlace
from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.importing import queries
from masthead.importing.items import CommentState
from masthead.importing.models import ImportedComment, ImportedItem
from masthead.importing.preparation.preparer import PreparedItem
from masthead.importing.storing import actions
from masthead.importing.storing.run import ImportRun

_STATUSES: Final = {
    CommentState.APPROVED: CommentStatus.APPROVED,
    CommentState.PENDING: CommentStatus.PENDING,
}
#: Parameters of one statement.
_ROWS: Final = 500


def store(items: Iterable[PreparedItem], *, run: ImportRun) -> None:
    """Store the comments of these items that no earlier import has stored."""
    waiting = {queries.key_of(run.source, one.item.source): one for one in items if one.comments.comments}
    if not waiting:
        return
    rows = {
        row.key: row for row in db.session.scalars(queries.items_by_keys(waiting)) if row.post_id is not None
    }
    authors = (one.comment.author for key in rows for one in waiting[key].comments.comments)
    actions.resolve_bylines(authors, run=run)
    db.session.flush()
    present, seen = _present(rows.values())
    arrivals = [
        arrival
        for key, row in rows.items()
        for arrival in _imports_of(waiting[key], row, run)
        if arrival.key not in seen
    ]
    # A file may name the same comment twice.
    arrivals = list({arrival.key: arrival for arrival in arrivals}.values())
    made = bulk_create.bulk_create(arrivals, present)
    _remember(arrivals, made, rows)
    for key, row in rows.items():
        row.comments_fingerprint = waiting[key].comments.fingerprint


def _imports_of(prepared: PreparedItem, row: ImportedItem, run: ImportRun) -> Iterable[CommentImport]:
    for one in prepared.comments.comments:
        comment = one.comment
        yield CommentImport(
            key=_key(row, comment.key),
            parent=_key(row, comment.parent) if comment.parent else "",
            post_id=row.post_id or 0,
            author_id=run.bylines[queries.key_of(run.source, comment.author.key)].id,
            rendered=one.rendered,
            status=_STATUSES[comment.state],
            created_at=comment.at,
        )


def _key(row: ImportedItem, name: str) -> str:
    return hashlib.sha256(f"{row.key}\0{name}".encode("utf-8", "replace")).hexdigest()


def _present(rows: Iterable[ImportedItem]) -> tuple[dict[str, CommentPlace], set[str]]:
    """The places of comments of earlier imports, and the keys of all of them, deleted ones as well."""
    places: dict[str, CommentPlace] = {}
    seen: set[str] = set()
    for chunk in queries.in_chunks(row.id for row in rows):
        found = db.session.execute(
            select(ImportedComment.key, Comment.id, Comment.parent_id, Comment.depth)
            .outerjoin(Comment, Comment.id == ImportedComment.comment_id)
            .where(ImportedComment.item_id.in_(chunk))
        )
        for key, comment_id, parent_id, depth in found:
            seen.add(key)
            if comment_id is not None:
                places[key] = CommentPlace(comment_id, parent_id, depth)
    return places, seen


def _remember(
    arrivals: Sequence[CommentImport], made: Mapping[str, int], rows: Mapping[str, ImportedItem]
) -> None:
    items = {row.post_id: row.id for row in rows.values()}
    values = [
        {"key": arrival.key, "item_id": items[arrival.post_id], "comment_id": made[arrival.key]}
        for arrival in arrivals
    ]
    for chunk in queries.in_chunks(values, _ROWS):
        db.session.execute(insert(ImportedComment), chunk)
