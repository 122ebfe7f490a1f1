"""Writing down what a transaction changes, in the transaction itself.

Actions say so with `changed`. Behind them is a net: a transaction that wrote to a watched model and said nothing of
its topics changes everything. To forget a topic costs speed, never a stale page.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from flask import current_app
from sqlalchemy import Table, event, func, insert, inspect, literal_column, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.sql import ClauseElement, visitors

from masthead import clock
from masthead.db import Base, db
from masthead.pagecache import dependencies as reading_topics
from masthead.pagecache.dependencies import EVERYTHING
from masthead.pagecache.models import Change

EXTENSION: Final = "masthead.pagecache"
CHANNEL: Final = "masthead_pages"
#: PostgreSQL refuses notifications of 8,000 bytes and more.
PAYLOAD_BYTES: Final = 7_900
_INFO: Final = "masthead.changes"
Model = TypeVar("Model", bound=type[Base])


@dataclass
class PendingInvalidation:
    """What the present transaction has changed so far."""

    topics: set[str] = field(default_factory=set)
    #: Kinds of topics about which an action has spoken.
    accounted: set[str] = field(default_factory=set)
    #: For each watched model that was written to, the kinds of topics that account for it.
    touched: set[frozenset[str]] = field(default_factory=set)
    mark: str = ""

    def settled(self) -> set[str]:
        """All topics, with everything among them if a model was written to that nobody accounted for."""
        spoken = self.accounted | {topic.partition(":")[0] for topic in self.topics}
        if EVERYTHING in self.topics or any(not kinds & spoken for kinds in self.touched):
            return {EVERYTHING}
        return self.topics


@dataclass(frozen=True)
class Watched:
    """A model from which pages are made."""

    rows: str | None
    accounted_by: frozenset[str]
    columns: frozenset[str]


_watched: dict[type[Any], Watched] = {}


def invalidate(*topics: str) -> None:
    """Note that the present transaction changes these topics."""
    _unwritten(db.session()).topics.update(topics)


def no_invalidation(*kinds: str) -> None:
    """Note that what the present transaction writes of these kinds is nothing that readers see."""
    _unwritten(db.session()).accounted.update(kinds)


def is_changing(topics: Iterable[str]) -> bool:
    """Whether the present transaction has changed one of the topics, or written something that it has not accounted for yet."""
    unwritten: PendingInvalidation | None = db.session().info.get(_INFO)
    return unwritten is not None and not {EVERYTHING, *topics}.isdisjoint(unwritten.settled())


def watch(
    model: type[Base], *, row: str | None, rows: str | None, columns: Iterable[str], also: Iterable[str] = ()
) -> None:
    """Declare a model from which pages are made.

    Whoever loads a row reads ``row:id``; whoever asks for rows reads ``rows``. A change of one of the columns is
    accounted for by a topic of either, or of the kinds ``also`` names.
    """
    kinds = frozenset(kind for kind in (row, rows, *also) if kind)
    _watched[model] = Watched(rows, kinds, frozenset(columns))
    if row is not None:

        @event.listens_for(model, "load")
        def note_row(instance: Any, _context: object) -> None:
            reading = reading_topics.current()
            if reading is not None:
                reading.topics.add(f"{row}:{instance.id}")


def _unwritten(session: Session) -> PendingInvalidation:
    found: PendingInvalidation = session.info.setdefault(_INFO, PendingInvalidation())
    return found


def _note_statement(state: ORMExecuteState) -> None:
    """Statements on watched models read, or touch, their rows."""
    reading = reading_topics.current()
    if state.is_select and reading is None:
        return
    for found in _watched_in(state):
        if not state.is_select:
            _unwritten(state.session).touched.add(found.accounted_by)
        elif reading is not None and found.rows is not None:
            reading.topics.add(found.rows)


def _watched_in(state: ORMExecuteState) -> list[Watched]:
    """The watched models that the statement is about; of one that asks for expressions alone, all that it names."""
    if state.all_mappers:
        models = {mapper.class_ for mapper in state.all_mappers}
        return [_watched[model] for model in models & _watched.keys()]
    tables = {
        part for part in visitors.iterate(cast(ClauseElement, state.statement)) if isinstance(part, Table)
    }
    return [found for model, found in _watched.items() if model.__table__ in tables]


def _note_flush(session: Session, _context: object, _instances: object) -> None:
    made_or_gone = {*session.new, *session.deleted}
    for instance in (*made_or_gone, *session.dirty):
        found = _watched.get(type(instance))
        if found is not None and (instance in made_or_gone or _is_visible(instance, found.columns)):
            _unwritten(session).touched.add(found.accounted_by)


def _is_visible(instance: object, columns: frozenset[str]) -> bool:
    attributes = inspect(instance).attrs
    return any(attributes[column].history.has_changes() for column in columns)


def _write(session: Session) -> None:
    """Write the row as the last statement of the transaction, and have it told to others when it commits."""
    if session.in_nested_transaction():
        return
    # What is not flushed yet would be after this, and could not be noted any more.
    session.flush()
    unwritten: PendingInvalidation | None = session.info.get(_INFO)
    if unwritten is None or not (topics := unwritten.settled()):
        return
    unwritten.mark = secrets.token_hex(8)
    unwritten.topics = set(topics)
    text = "\n".join(sorted(topics))
    values: dict[str, Any] = {"mark": unwritten.mark, "topics": text, "at": clock.now()}
    if session.get_bind().dialect.name != "postgresql":
        session.execute(insert(Change).values(**values))
        return
    session.execute(
        insert(Change).values(
            **values, xid=literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
        )
    )
    payload = f"{unwritten.mark}\n{text}"
    if len(payload.encode()) > PAYLOAD_BYTES:
        payload = f"{unwritten.mark}\n{EVERYTHING}"
    session.execute(select(func.pg_notify(CHANNEL, payload)))


def _tell(session: Session) -> None:
    """The process that writes needs nobody to tell it: its next answer is made of what it wrote."""
    if session.in_nested_transaction():
        return
    unwritten: PendingInvalidation | None = session.info.pop(_INFO, None)
    if unwritten is not None and unwritten.mark:
        current_app.extensions[EXTENSION].watch.heard(unwritten.mark, unwritten.topics)


def _forget(session: Session, previous: SessionTransaction) -> None:
    # After a rolled-back savepoint the rest may still commit, so its topics stay: one too many does no harm.
    if previous.parent is None:
        session.info.pop(_INFO, None)


event.listen(db.session, "do_orm_execute", _note_statement)
event.listen(db.session, "before_flush", _note_flush)
event.listen(db.session, "before_commit", _write)
event.listen(db.session, "after_commit", _tell)
event.listen(db.session, "after_soft_rollback", _forget)
