"""Optional writes of a request, such as the last use of a login, and the reason when they cannot be made."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from masthead.db.engine import NOTE_SECONDS, own_transaction
from masthead.db.failures import KINDS, Failure, failure_of, reason_of

log = structlog.get_logger(__name__)
T = TypeVar("T")
#: Changes no row, but fails if the database cannot be written.
PROBE = "UPDATE alembic_version SET version_num = version_num WHERE 1 = 0"


def leave_note(write: Callable[[Session], T], *, otherwise: T) -> T:
    """Call ``write`` in a transaction of its own; return ``otherwise`` if the database cannot be written.

    Readers must get their pages while the database is full, read-only or busy.
    """
    try:
        with own_transaction(patience=NOTE_SECONDS) as session:
            return write(session)
    except KINDS as error:
        failure = failure_of(error)
        if failure is None:
            raise
        log.warning("a note is not written", failure=failure.name.lower(), reason=reason_of(error))
        return otherwise


def write_failure() -> Failure | None:
    """Return the kind of failure that prevents writing now; None if writing works."""
    try:
        with own_transaction(patience=NOTE_SECONDS) as session:
            session.execute(text(PROBE))
    except SQLAlchemyError as error:
        log.warning("the database was not written to", reason=reason_of(error))
        return failure_of(error) or Failure.AWAY
    return None
