"""No transaction waits for somebody else's server.

On SQLite a transaction that may write holds the lock that every writer needs, and on PostgreSQL it holds rows and the
oldest version that vacuum must keep: a mail server that accepts a connection and says nothing would stop the site.
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
    """Call this before a conversation with ``server`` over the network: it ends a transaction that only reads.

    Raises `RuntimeError` in tests for one that may write, whose owner has to commit first; in production that is logged
    with the stack, and the conversation goes on.
    """
    if holds_writers_up():
        if current_app.testing:
            raise RuntimeError(f"A transaction that may write is open while {server} is asked. Commit first.")
        log.warning("a transaction waits for a server", server=server, stack_info=True)
    elif _is_in_transaction():
        # Nothing expires at a commit, so what was loaded stays usable.
        db.session.commit()


def end_unwritten_transaction() -> None:
    """End a transaction that may write before anything is written in it, to ask a server in the middle of a change.

    Raises `RuntimeError` if something has been written: that has to be committed first.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted or session.info.get(_WRITTEN):
        raise RuntimeError("The transaction has written something. Ask the server before.")
    session.commit()


def after_transaction(call: Callable[[], object]) -> None:
    """Call it when the transaction that is open here has ended, however it ends; at once if none may write."""
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
    """Whether a transaction that may write is open here."""
    return has_app_context() and (is_in_own_transaction() or (_is_in_transaction() and not is_reading()))


def _is_in_transaction() -> bool:
    return has_app_context() and db.session.registry.has() and db.session().in_transaction()
