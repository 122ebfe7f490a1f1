"""Invalidation: recording what a transaction changes, in the transaction itself.

`watch` declares below each model which columns change which topics. Flushes and statements on watched models are
observed, so actions need not say anything. A statement on a model without a rule for statements invalidates everything:
a forgotten rule costs speed, never a stale page.
"""

import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, cast
from weakref import WeakValueDictionary

from flask import current_app
from sqlalchemy import Insert, Table, Update, event, func, insert, inspect, literal_column, select
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, SessionTransaction
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
    """The topics that the current transaction has invalidated so far."""

    topics: set[Topic] = field(default_factory=set)
    #: Rows that a flush has inserted, by model and key: they join the identity map only when the flush ends.
    inserted: WeakValueDictionary[tuple[type[Any], tuple[Any, ...]], Any] = field(
        default_factory=WeakValueDictionary
    )
    mark: str = ""


@dataclass(frozen=True)
class Rule:
    """The topics that a change of any of these columns invalidates."""

    columns: frozenset[str]
    topics: Callable[[Any], Iterable[Topic]]


@dataclass(frozen=True)
class WatchedModel:
    """A model that pages depend on."""

    rows: Topic | None
    rules: tuple[Rule, ...]
    statements: frozenset[Topic]
    inserts: frozenset[Topic]
    deleted: frozenset[Topic]

    @property
    def columns(self) -> set[str]:
        """All columns of the rules."""
        return {column for rule in self.rules for column in rule.columns}


_watched: dict[type[Any], WatchedModel] = {}


def rule(columns: Iterable[str], topics: Callable[[Any], Iterable[Topic]]) -> Rule:
    """Make a rule for `watch`: the topics invalidated by a change of these columns, and by new or deleted rows."""
    return Rule(frozenset(columns), topics)


def watch(
    model: type[Base],
    *rules: Rule,
    row: TopicFamily | None = None,
    rows: Topic | None = None,
    statements: Collection[Topic] = (EVERYTHING,),
    inserts: Collection[Topic] | None = None,
    deleted: Collection[Topic] = (),
) -> None:
    """Declare a model that pages depend on.

    A page that loads a row depends on ``row(id)``; one that queries rows depends on ``rows``. A flush invalidates the
    topics of the rules for the changed columns. A bulk INSERT, UPDATE or DELETE loads no rows, so it invalidates
    ``statements`` if it writes a column of a rule, or ``inserts`` if it is an INSERT and they are given. A deleted row
    invalidates ``deleted`` as well.
    """
    inserted = statements if inserts is None else inserts
    _watched[model] = WatchedModel(
        rows, rules, frozenset(statements), frozenset(inserted), frozenset(deleted)
    )
    _observe_flushes(model)
    if row is not None:

        @event.listens_for(model, "load")
        def note_row(instance: Any, _context: object) -> None:
            page = dependencies.current()
            if page is not None:
                page.add(row(instance.id))


def watched() -> dict[type[Any], WatchedModel]:
    """The declarations, by model."""
    return _watched


def invalidate(*topics: Topic) -> None:
    """Invalidate topics with the current transaction, for dependencies that no model's rule covers."""
    _pending(db.session()).topics.update(topics)


def is_changing(topics: Iterable[str]) -> bool:
    """Tell if the current transaction has invalidated one of the topics."""
    pending: PendingInvalidation | None = db.session().info.get(_INFO)
    return pending is not None and not {EVERYTHING, *topics}.isdisjoint(pending.topics)


def previous(instance: Base, column: str) -> Any:
    """Return the value of a column before the current flush; for rules."""
    history = inspect(instance).attrs[column].history
    return history.deleted[0] if history.deleted else getattr(instance, column)


def loaded(model: type[Base], row_id: int) -> Any:
    """Return the session's row with this id, without a query; None if it is not loaded."""
    session = db.session()
    found = session.identity_map.get(session.identity_key(model, row_id))
    return found if found is not None else _pending(session).inserted.get((model, (row_id,)))


def _pending(session: Session) -> PendingInvalidation:
    found: PendingInvalidation = session.info.setdefault(_INFO, PendingInvalidation())
    return found


def _note_statement(state: ORMExecuteState) -> None:
    """Record which watched models a statement reads or changes."""
    page = dependencies.current()
    if state.is_select and page is None:
        return
    for found in _watched_in(state):
        if not state.is_select:
            if _writes(state, found):
                topics = found.inserts if state.is_insert else found.statements
                _pending(state.session).topics.update(topics)
        elif page is not None and found.rows is not None:
            page.add(found.rows)


def _writes(state: ORMExecuteState, found: WatchedModel) -> bool:
    """Tell if a bulk statement writes a column that pages show; only an UPDATE can avoid them."""
    statement = state.statement
    # SQLAlchemy has no public access to the columns of SET.
    values = statement._values if isinstance(statement, Update) else None  # noqa: SLF001
    if not values:
        return True
    # `updated_at = updated_at` suppresses the column's `onupdate`.
    return any(
        getattr(column, "key", column) in found.columns and not _is_same(column, value)
        for column, value in values.items()
    )


def _is_same(column: Any, value: Any) -> bool:
    return isinstance(column, ClauseElement) and isinstance(value, ClauseElement) and value.compare(column)


def _watched_in(state: ORMExecuteState) -> list[WatchedModel]:
    """Return the watched models of a statement; for a SELECT of expressions, all that it names."""
    if isinstance(state.statement, Insert | Update):
        # An UPDATE may read other tables, but changes one.
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
    """Apply the rules of a model to each row that a flush writes, with access to the previous values.

    The session's own events do not see rows that are deleted as orphans.
    """

    @event.listens_for(model, "after_insert")
    def note_new_row(mapper: Mapper[Any], _connection: object, row: Any) -> None:
        key = tuple(mapper.primary_key_from_instance(row))
        _pending(db.session()).inserted[model, key] = row
        _note_row(row, _watched[model].columns)

    @event.listens_for(model, "after_delete")
    def note_deleted_row(_mapper: object, _connection: object, row: Any) -> None:
        _pending(db.session()).topics.update(_watched[model].deleted)
        _note_row(row, _watched[model].columns)

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
    """Write the change row as the transaction's last statement; the commit notifies the other processes."""
    if session.in_nested_transaction():
        return
    # Flush first: later changes would not be recorded.
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
    """Invalidate in the writing process itself, so that its next response sees the change."""
    if session.in_nested_transaction():
        return
    pending: PendingInvalidation | None = session.info.pop(_INFO, None)
    if pending is not None and pending.mark:
        current_app.extensions[EXTENSION].watch.heard(pending.mark, pending.topics)


def _forget(session: Session, previous: SessionTransaction) -> None:
    # After a rolled-back savepoint the rest may still commit, so its topics stay: superfluous ones do no harm.
    if previous.parent is None:
        session.info.pop(_INFO, None)


event.listen(db.session, "do_orm_execute", _note_statement)
event.listen(db.session, "before_commit", _write)
event.listen(db.session, "after_commit", _tell)
event.listen(db.session, "after_soft_rollback", _forget)
