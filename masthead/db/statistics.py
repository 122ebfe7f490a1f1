"""Statistics for SQLite's query planner.

PostgreSQL gathers them by itself (autovacuum), SQLite only on request. Without them SQLite takes each table for large
and each index for equally selective, and scans a whole index where a few rows would do.
"""

from typing import Final

from sqlalchemy import text

from masthead.db.base import Base
from masthead.db.engine import db

#: Rows of each index that are sampled, which takes milliseconds at any size
#: (https://sqlite.org/lang_analyze.html#approx). Only our own tables: those of the full-text index have no such bound,
#: and would block writers.
ROWS_OF_AN_INDEX: Final = 1_000


def refresh_statistics() -> None:
    """Update the planner's statistics on SQLite; the caller commits."""
    if db.engine.dialect.name != "sqlite":
        return
    db.session.execute(text(f"PRAGMA analysis_limit = {ROWS_OF_AN_INDEX}"))
    quoted = db.engine.dialect.identifier_preparer.quote
    for name in Base.metadata.tables:
        db.session.execute(text(f"ANALYZE {quoted(name)}"))
