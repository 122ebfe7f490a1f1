"""Keeps network calls out of transactions.

A transaction that may write holds the lock of every writer on SQLite; on PostgreSQL it holds row locks and delays
vacuum: a mail server that accepts a connection and says nothing would stop the site.
"""

from collections.abc import Callable
from typing import Final

import structlog
from flask import current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from masthead.db.engine import db, is_in_own_transaction, is_reading

log = structlog.get_logger(__name__)

_WRITTEN: Final = "masthead.db.written"
_AFTERWARDS: Final = "masthead.db.afterwards"


def leave_transaction(server: str) -> None:
    """End a read-only transaction before a network call to ``server``.

    Raises `RuntimeError` in tests inside a transaction that may write, whose owner has to commit first; production
    logs a warning with the stack, and the call goes on.
    """
    if holds_writers_up():
        if current_app.testing:
            raise RuntimeError(f"A transaction that may write is open while {server} is asked. Commit first.")
        log.warning("a transaction waits for a server", server=server, stack_info=True)
    elif _is_in_transaction():
        # Commit expires nothing, so loaded objects stay usable.
        db.session.commit()


def end_unwritten_transaction() -> None:
    """End a transaction that may write but has written nothing, to call a server in the middle of a change.

    Raises `RuntimeError` if it has written: those changes have to be committed first.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted or session.info.get(_WRITTEN):
        raise RuntimeError("The transaction has written something. Ask the server before.")
    session.commit()


def after_transaction(call: Callable[[], object]) -> None:
    """Call the function when the open transaction ends, by commit or rollback; at once if none may write."""
    if holds_writers_up() and not is_in_own_transaction():
        db.session().info.setdefault(_AFTERWARDS, []).append(call)
    else:
        call()


def _note_written(session: Session, _context: object) -> None:
    session.info[_WRITTEN] = True


def _call_afterwards(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_WRITTEN, None)
        for call in session.info.pop(_AFTERWARDS, []):
            call()


event.listen(db.session, "after_flush", _note_written)
event.listen(db.session, "after_transaction_end", _call_afterwards)


def holds_writers_up() -> bool:
    """Tell if a transaction that may write is open."""
    return has_app_context() and (is_in_own_transaction() or (_is_in_transaction() and not is_reading()))


def _is_in_transaction() -> bool:
    return has_app_context() and db.session.registry.has() and db.session().in_transaction()
