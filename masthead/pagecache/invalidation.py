"""Invalidation: recording what a transaction changes, in the transaction itself.

`watch` declares below each model which columns change which topics. Flushes and statements on watched models are
observed, so actions need not say anything. A statement on a model without a rule for statements invalidates everything:
a forgotten rule costs speed, never a stale page.
"""

import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, cast

from flask import current_app
from sqlalchemy import Insert, Table, Update, event, func, insert, inspect, literal_column, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.sql import ClauseElement, visitors

from masthead import clock
from masthead.db import Base, db
from masthead.pagecache import dependencies
from masthead.pagecache.models import CacheChange
from masthead.pagecache.topics import EVERYTHING, Topic, TopicFamily

EXTENSION: Final = "masthead.pagecache"
CHANNEL: Final = "masthead_pages"
#: PostgreSQL refuses notifications of 8,000 bytes and more.
PAYLOAD_BYTES: Final = 7_900
_INFO: Final = "masthead.changes"


@dataclass
class PendingInvalidation:
    """The topics that the present transaction has changed so far."""

    topics: set[Topic] = field(default_factory=set)
    mark: str = ""


@dataclass(frozen=True)
class Rule:
    """The topics that change with any of these columns of a row."""

    columns: frozenset[str]
    topics: Callable[[Any], Iterable[Topic]]


@dataclass(frozen=True)
class Watched:
    """A model from which pages are made."""

    rows: Topic | None
    rules: tuple[Rule, ...]
    statements: frozenset[Topic]
    deleted: frozenset[Topic]

    @property
    def columns(self) -> set[str]:
        """All columns of the rules."""
        return {column for rule in self.rules for column in rule.columns}


_watched: dict[type[Any], Watched] = {}


def rule(columns: Iterable[str], topics: Callable[[Any], Iterable[Topic]]) -> Rule:
    """A rule for `watch`: the topics that a row changes when one of these columns does, or when it is new or deleted."""
    return Rule(frozenset(columns), topics)


def watch(
    model: type[Base],
    *rules: Rule,
    row: TopicFamily | None = None,
    rows: Topic | None = None,
    statements: Collection[Topic] = (EVERYTHING,),
    deleted: Collection[Topic] = (),
) -> None:
    """Declare a model from which pages are made.

    A page that loads a row depends on ``row(id)``; one that asks for rows depends on ``rows``. A flush changes the
    topics of the rules for the columns that changed. A bulk INSERT, UPDATE or DELETE loads no rows, so it changes
    ``statements`` if it writes a column of a rule. A deleted row changes ``deleted`` as well.
    """
    _watched[model] = Watched(rows, rules, frozenset(statements), frozenset(deleted))
    _observe_flushes(model)
    if row is not None:

        @event.listens_for(model, "load")
        def note_row(instance: Any, _context: object) -> None:
            page = dependencies.current()
            if page is not None:
                page.add(row(instance.id))


def watched() -> dict[type[Any], Watched]:
    """The declarations, by model."""
    return _watched


def invalidate(*topics: Topic) -> None:
    """Invalidate topics with the present transaction, for what no model's rule can know."""
    _pending(db.session()).topics.update(topics)


def is_changing(topics: Iterable[str]) -> bool:
    """Tell if the present transaction has changed one of the topics."""
    pending: PendingInvalidation | None = db.session().info.get(_INFO)
    return pending is not None and not {EVERYTHING, *topics}.isdisjoint(pending.topics)


def previous(instance: Base, column: str) -> Any:
    """The value that a column had before the flush which changes it; for rules."""
    history = inspect(instance).attrs[column].history
    return history.deleted[0] if history.deleted else getattr(instance, column)


def loaded(model: type[Base], row_id: int) -> Any:
    """The row of the present session with this id, without a query; None if it is not loaded."""
    session = db.session()
    found = session.identity_map.get(session.identity_key(model, row_id))
    if found is not None:
        return found
    # Rows that this flush inserts are in no identity map yet.
    new = (row for row in session.new if isinstance(row, model))
    return next((row for row in new if inspect(row).mapper.primary_key_from_instance(row) == (row_id,)), None)


def _pending(session: Session) -> PendingInvalidation:
    found: PendingInvalidation = session.info.setdefault(_INFO, PendingInvalidation())
    return found


def _note_statement(state: ORMExecuteState) -> None:
    """Note what a statement on watched models reads or changes."""
    page = dependencies.current()
    if state.is_select and page is None:
        return
    for found in _watched_in(state):
        if not state.is_select:
            if _writes(state, found):
                _pending(state.session).topics.update(found.statements)
        elif page is not None and found.rows is not None:
            page.add(found.rows)


def _writes(state: ORMExecuteState, found: Watched) -> bool:
    """Tell if a bulk statement writes a column that pages show; only an UPDATE may write others alone."""
    statement = state.statement
    # SQLAlchemy has no public way to the columns of SET.
    values = statement._values if isinstance(statement, Update) else None  # noqa: SLF001
    if not values:
        return True
    # `updated_at = updated_at` keeps a column from its `onupdate`.
    return any(
        getattr(column, "key", column) in found.columns and not _is_same(column, value)
        for column, value in values.items()
    )


def _is_same(column: Any, value: Any) -> bool:
    return isinstance(column, ClauseElement) and isinstance(value, ClauseElement) and value.compare(column)


def _watched_in(state: ORMExecuteState) -> list[Watched]:
    """The watched models that a statement is about; of one that asks for expressions alone, all that it names."""
    if isinstance(state.statement, Insert | Update):
        # An UPDATE may read other tables, and changes one.
        tables: set[Any] = {state.statement.table}
    elif state.all_mappers:
        models = {mapper.class_ for mapper in state.all_mappers}
        return [_watched[model] for model in models & _watched.keys()]
    else:
        tables = {
            part for part in visitors.iterate(cast(ClauseElement, state.statement)) if isinstance(part, Table)
        }
    return [found for model, found in _watched.items() if model.__table__ in tables]


def _observe_flushes(model: type[Base]) -> None:
    """Apply the rules of a model to each row that a flush writes; the rows still know their values of before.

    The session's own events do not see rows that are deleted as orphans.
    """

    @event.listens_for(model, "after_insert")
    @event.listens_for(model, "after_delete")
    def note_row(_mapper: object, _connection: object, row: Any) -> None:
        _note_row(row, _watched[model].columns)

    @event.listens_for(model, "after_delete")
    def note_deleted_row(_mapper: object, _connection: object, _row: Any) -> None:
        _pending(db.session()).topics.update(_watched[model].deleted)

    @event.listens_for(model, "after_update")
    def note_changed_row(_mapper: object, _connection: object, row: Any) -> None:
        attributes = inspect(row).attrs
        _note_row(row, {name for name in _watched[model].columns if attributes[name].history.has_changes()})


def _note_row(row: Any, changed: Collection[str]) -> None:
    """Apply the rules of a row for the columns that changed."""
    for found in _watched[type(row)].rules:
        if not found.columns.isdisjoint(changed):
            _pending(db.session()).topics.update(found.topics(row))


def _write(session: Session) -> None:
    """Write the row as the last statement of the transaction, and have it told to others when it commits."""
    if session.in_nested_transaction():
        return
    # What is not flushed yet would be after this, and could not be noted any more.
    session.flush()
    pending: PendingInvalidation | None = session.info.get(_INFO)
    if pending is None or not (topics := pending.topics):
        return
    if EVERYTHING in topics:
        topics = pending.topics = {EVERYTHING}
    pending.mark = secrets.token_hex(8)
    text = "\n".join(sorted(topics))
    values: dict[str, Any] = {"mark": pending.mark, "topics": text, "at": clock.now()}
    if session.get_bind().dialect.name != "postgresql":
        session.execute(insert(CacheChange).values(**values))
        return
    session.execute(
        insert(CacheChange).values(
            **values, xid=literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
        )
    )
    payload = f"{pending.mark}\n{text}"
    if len(payload.encode()) > PAYLOAD_BYTES:
        payload = f"{pending.mark}\n{EVERYTHING}"
    session.execute(select(func.pg_notify(CHANNEL, payload)))


def _tell(session: Session) -> None:
    """The process that writes needs nobody to tell it: its next answer is made of what it wrote."""
    if session.in_nested_transaction():
        return
    pending: PendingInvalidation | None = session.info.pop(_INFO, None)
    if pending is not None and pending.mark:
        current_app.extensions[EXTENSION].watch.heard(pending.mark, pending.topics)


def _forget(session: Session, previous: SessionTransaction) -> None:
    # After a rolled-back savepoint the rest may still commit, so its topics stay: one too many does no harm.
    if previous.parent is None:
        session.info.pop(_INFO, None)


event.listen(db.session, "do_orm_execute", _note_statement)
event.listen(db.session, "before_commit", _write)
event.listen(db.session, "after_commit", _tell)
event.listen(db.session, "after_soft_rollback", _forget)
