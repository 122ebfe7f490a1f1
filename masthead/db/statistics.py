"""What the planner of the database knows about the tables.

PostgreSQL gathers it by itself (autovacuum). SQLite does only when it is told; without it, SQLite takes each table for
a large one and each index for an equally good one, and walks through a whole index where a few rows would do.
"""

from typing import Final

from sqlalchemy import text

from masthead.db.base import Base
from masthead.db.engine import db

#: So many rows of each index are looked at, which takes milliseconds however many there are
#: (https://sqlite.org/lang_analyze.html#approx). Only of our own tables: those of the full-text index have no such bound,
#: and nobody could write while they are read.
ROWS_OF_AN_INDEX: Final = 1_000


def refresh_statistics() -> None:
    """Look at the tables as they are now, where the database does not do so by itself; the caller commits."""
    if db.engine.dialect.name != "sqlite":
        return
    db.session.execute(text(f"PRAGMA analysis_limit = {ROWS_OF_AN_INDEX}"))
    quoted = db.engine.dialect.identifier_preparer.quote
    for name in Base.metadata.tables:
        db.session.execute(text(f"ANALYZE {quoted(name)}"))
