"""The log ends somewhere: what is older than its retention is deleted."""

from datetime import timedelta

from masthead import clock
from masthead.audit import queries
from masthead.db import db
from masthead.jobs import periodic


@periodic("audit.forget_old", every=timedelta(days=1), deletes=True)
def forget_old() -> None:
    """Delete old records, addresses and all."""
    queries.forget(before=clock.now() - queries.retention())
    db.session.commit()
