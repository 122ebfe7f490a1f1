"""The database: engine, base model, column types, pagination, race-free unique inserts and statement timing."""

from masthead.db import session_references as _lifetimes  # noqa: F401 (registers itself)
from masthead.db.base import GREATEST_ID, Base, Identifier, Timestamps
from masthead.db.engine import (
    db,
    init_app,
    limit_statements,
    own_transaction,
    snapshot,
    transactions,
)
from masthead.db.failures import Failure, failure_of, reason_of
from masthead.db.network import (
    after_transaction,
    end_unwritten_transaction,
    holds_writers_up,
    leave_transaction,
)
from masthead.db.notes import leave_note, write_failure
from masthead.db.on_conflict import insert_into
from masthead.db.pagination import ResultPage, count_of, paginate, paginated
from masthead.db.statement_timing import observe, observe_connections
from masthead.db.statistics import refresh_statistics
from masthead.db.types import UTCDateTime
from masthead.db.unique_insert import insert_all_unique, insert_first_free, insert_unique

__all__ = [
    "GREATEST_ID",
    "Base",
    "Failure",
    "Identifier",
    "ResultPage",
    "Timestamps",
    "UTCDateTime",
    "after_transaction",
    "count_of",
    "db",
    "end_unwritten_transaction",
    "failure_of",
    "holds_writers_up",
    "init_app",
    "insert_all_unique",
    "insert_first_free",
    "insert_into",
    "insert_unique",
    "leave_note",
    "leave_transaction",
    "limit_statements",
    "observe",
    "observe_connections",
    "own_transaction",
    "paginate",
    "paginated",
    "reason_of",
    "refresh_statistics",
    "snapshot",
    "transactions",
    "write_failure",
]
