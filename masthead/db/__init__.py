"""The database: engine, base model, column types, numbered pages, race-free claims and timing."""

from masthead.db import lifetimes as _lifetimes  # noqa: F401 (registers itself)
from masthead.db.base import GREATEST_ID, Base, Identifier, Timestamps
from masthead.db.claims import claim, claim_all, claim_first_free
from masthead.db.engine import (
    db,
    init_app,
    limit_statements,
    own_transaction,
    snapshot,
    transactions,
)
from masthead.db.failures import Failure, failure_of, reason_of
from masthead.db.inserting import insert_into
from masthead.db.network import leave_transaction
from masthead.db.pagination import Page, count_of, paginate, paginated
from masthead.db.statistics import refresh_statistics
from masthead.db.timing import observe
from masthead.db.types import UTCDateTime

__all__ = [
    "GREATEST_ID",
    "Base",
    "Failure",
    "Identifier",
    "Page",
    "Timestamps",
    "UTCDateTime",
    "claim",
    "claim_all",
    "claim_first_free",
    "count_of",
    "db",
    "failure_of",
    "init_app",
    "insert_into",
    "leave_transaction",
    "limit_statements",
    "observe",
    "own_transaction",
    "paginate",
    "paginated",
    "reason_of",
    "refresh_statistics",
    "snapshot",
    "transactions",
]
