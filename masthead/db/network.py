"""No transaction waits for somebody else's server.

On SQLite a transaction that may write holds the lock that every writer needs, and on PostgreSQL it holds rows and the
oldest version that vacuum must keep: a mail server that accepts a connection and says nothing would stop the site.
"""

import structlog
from flask import current_app, has_app_context

from masthead.db.engine import db, is_reading

log = structlog.get_logger(__name__)


def leave_transaction(server: str) -> None:
    """Call this before a conversation with ``server`` over the network: it ends a transaction that only reads.

    Raises `RuntimeError` in tests for one that may write, whose owner has to commit first; in production that is logged
    with the stack, and the conversation goes on.
    """
    if not has_app_context() or not db.session.registry.has() or not db.session().in_transaction():
        return
    if is_reading():
        # Nothing expires at a commit, so what was loaded stays usable.
        db.session.commit()
        return
    if current_app.testing:
        raise RuntimeError(f"A transaction that may write is open while {server} is asked. Commit first.")
    log.warning("a transaction waits for a server", server=server, stack_info=True)
