"""Retention of the audit log."""

from datetime import timedelta

from masthead import clock
from masthead.audit import queries
from masthead.db import db
from masthead.jobs import periodic


@periodic("audit.forget_old", every=timedelta(days=1), deletes=True)
def forget_old() -> None:
    """Delete records older than their retention, including addresses."""
    queries.forget(before=clock.now() - queries.retention())
    db.session.commit()
