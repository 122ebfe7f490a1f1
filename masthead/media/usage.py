"""Keeps the record of which texts, profiles and settings show which files.

`watch` declares below each model which columns hold addresses, and `watch_history` the rows that keep former states.
Each flush updates the record; a statement that bypasses the session calls `note`, `add` or `forget`. A contributor's
file joins everybody's library when a public text shows it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    event,
    exists,
    func,
    insert,
    inspect,
    literal,
    select,
    update,
)
from sqlalchemy.orm import aliased

from masthead.db import Base, db
from masthead.media.models import Media, MediaUsage
from masthead.media.signals import Use, UsesToDescribe, describe_uses
from masthead.people.models import User

#: An address in HTML or on its own. Its path ends before a version, a quotation mark or a bracket.
_ADDRESS: Final = re.compile(r"/media/([a-z0-9][a-z0-9._/-]{0,98}[a-z0-9])")
#: The places that a list names; the latest of each kind come first.
LISTED: Final = 500
#: The states of one post, by its id: a place that shows a file in several of them is named once, by the first.
STATES: Final = ("post", "working_copy", "revision")


@dataclass(frozen=True, slots=True)
class UsageSource:
    """A model whose rows show files."""

    kind: str
    columns: tuple[str, ...]
    id_of: Callable[[Any], int | None]
    #: The column that tells if everybody sees the row, and how.
    public_by: str | None
    is_public: Callable[[Any], bool]


def watch(
    model: type[Base],
    kind: str,
    columns: Sequence[str],
    *,
    public_by: str | None = None,
    is_public: Callable[[Any], bool] = lambda _: False,
    id_of: Callable[[Any], int | None] = lambda row: row.id,
) -> None:
    """Declare the columns of a model that hold addresses of files; rows without an id are left out."""
    watched = UsageSource(kind, tuple(columns), id_of, public_by, is_public)

    @event.listens_for(model, "after_insert")
    def note_new_row(_mapper: object, connection: Connection, row: Any) -> None:
        _note_row(connection, watched, row, is_new=True)

    @event.listens_for(model, "after_update")
    def note_changed_row(_mapper: object, connection: Connection, row: Any) -> None:
        _note_row(connection, watched, row, is_new=False)

    @event.listens_for(model, "after_delete")
    def note_deleted_row(_mapper: object, connection: Connection, row: Any) -> None:
        object_id = watched.id_of(row)
        if object_id is not None:
            connection.execute(_deletion(kind, [object_id]))


def watch_history(
    model: type[Base], kind: str, columns: Sequence[str], *, id_of: Callable[[Any], int]
) -> None:
    """Declare the columns of a model that keeps former states of an object: their files stay in use beside others."""

    def note_state(_mapper: object, connection: Connection, row: Any) -> None:
        kept = inspect(row).dict
        _add(connection, kind, id_of(row), paths_in(kept.get(name) for name in columns))

    event.listen(model, "after_insert", note_state)
    event.listen(model, "after_update", note_state)


def add(kind: str, object_id: int, texts: Iterable[object]) -> None:
    """Record the files of a former state, beside those of others."""
    _add(db.session.connection(), kind, object_id, paths_in(texts))


def note(kind: str, object_id: int, texts: Iterable[object], *, is_public: bool) -> None:
    """Record the files that a row shows, after a statement has changed it."""
    _replace(db.session.connection(), kind, object_id, paths_in(texts))
    if is_public:
        _share(db.session.connection(), kind, object_id)


def forget(kind: str, object_ids: Sequence[int]) -> None:
    """Forget rows that a statement has deleted, a post with its states."""
    db.session.connection().execute(_deletion(kind, object_ids))


def paths_in(texts: Iterable[object]) -> set[str]:
    """Return the paths of the files that texts, or the values of JSON columns, show or link to."""
    return {path for text in texts if text for path in _ADDRESS.findall(str(text))}


def _note_row(connection: Connection, watched: UsageSource, row: Any, *, is_new: bool) -> None:
    object_id = watched.id_of(row)
    if object_id is None:
        return
    attributes = inspect(row).attrs
    changed = {name for name in watched.columns if is_new or attributes[name].history.has_changes()}
    is_moved = False
    if changed:
        before = set() if is_new else paths_in(_earlier(row, name) for name in watched.columns)
        after = paths_in(getattr(row, name) for name in watched.columns if name in inspect(row).dict)
        is_moved = before != after
        if is_moved:
            _replace(connection, watched.kind, object_id, after)
    by = watched.public_by
    is_opened = by is not None and not is_new and attributes[by].history.has_changes()
    if (is_moved or is_opened) and watched.is_public(row):
        _share(connection, watched.kind, object_id)


def _earlier(row: Any, name: str) -> str | None:
    history = inspect(row).attrs[name].history
    value: str | None = history.deleted[0] if history.deleted else inspect(row).dict.get(name)
    return value


def _replace(connection: Connection, kind: str, object_id: int, paths: set[str]) -> None:
    former = delete(MediaUsage).where(MediaUsage.kind == kind, MediaUsage.object_id == object_id)
    connection.execute(former)
    if paths:
        rows = select(Media.id, literal(kind), literal(object_id)).where(Media.path.in_(paths))
        columns = ["media_id", "kind", "object_id"]
        connection.execute(insert(MediaUsage).from_select(columns, rows))


def _add(connection: Connection, kind: str, object_id: int, paths: set[str]) -> None:
    if not paths:
        return
    known = exists().where(
        MediaUsage.media_id == Media.id, MediaUsage.kind == kind, MediaUsage.object_id == object_id
    )
    rows = select(Media.id, literal(kind), literal(object_id)).where(Media.path.in_(paths), ~known)
    connection.execute(insert(MediaUsage).from_select(["media_id", "kind", "object_id"], rows))


def _deletion(kind: str, object_ids: Sequence[int]) -> Any:
    kinds = STATES if kind == STATES[0] else (kind,)
    return delete(MediaUsage).where(MediaUsage.kind.in_(kinds), MediaUsage.object_id.in_(object_ids))


def _is_named() -> ColumnElement[bool]:
    """Return the condition that no better state of the same object shows the file."""
    other = aliased(MediaUsage)
    conditions: list[ColumnElement[bool]] = []
    for place, kind in enumerate(STATES[1:], start=1):
        better = exists().where(
            other.media_id == MediaUsage.media_id,
            other.object_id == MediaUsage.object_id,
            other.kind.in_(STATES[:place]),
        )
        conditions.append(~((MediaUsage.kind == kind) & better))
    return and_(*conditions)


def _share(connection: Connection, kind: str, object_id: int) -> None:
    shown = select(MediaUsage.media_id).where(MediaUsage.kind == kind, MediaUsage.object_id == object_id)
    connection.execute(update(Media).where(Media.id.in_(shown), ~Media.is_shared).values(is_shared=True))


def count(media: Media) -> int:
    """Count the places that show a file, also those that a person may not see."""
    return db.session.scalar(select(func.count()).where(MediaUsage.media_id == media.id, _is_named())) or 0


def used_in(media: Media, *, by: User) -> list[Use]:
    """Return the places that show a file, as far as a person may know of them."""
    return uses_of([media.id], by=by).get(media.id, [])


def uses_of(media_ids: Sequence[int], *, by: User) -> dict[int, list[Use]]:
    """Return the places that show files, by their ids; one statement, and one for each kind of place."""
    rows = db.session.execute(_rows(media_ids)).all() if media_ids else []
    known: dict[tuple[str, int], Use] = {}
    for kind, group in groupby(rows, key=lambda row: row.kind):
        wanted = sorted({row.object_id for row in group})
        question = UsesToDescribe(kind, wanted, by)
        describe_uses.send(question)
        known |= {(kind, use.object_id): use for use in question.uses}
    found: dict[int, list[Use]] = {}
    for row in rows:
        use = known.get((row.kind, row.object_id))
        if use is not None:
            found.setdefault(row.media_id, []).append(use)
    return found


def _rows(media_ids: Sequence[int]) -> Any:
    return (
        select(MediaUsage.media_id, MediaUsage.kind, MediaUsage.object_id)
        .where(MediaUsage.media_id.in_(media_ids), _is_named())
        .order_by(MediaUsage.kind, MediaUsage.object_id.desc())
        .limit(LISTED)
    )
