"""Periodic maintenance of the database."""

from datetime import timedelta

from masthead.db import db, refresh_statistics
from masthead.jobs import periodic


@periodic("database.refresh_statistics", every=timedelta(days=1))
def refresh() -> None:
    """Update the planner's statistics."""
    refresh_statistics()
    db.session.commit()
