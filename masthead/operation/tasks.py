"""What the database needs from time to time, however the publication grows."""

from datetime import timedelta

from masthead.db import db, refresh_statistics
from masthead.jobs import periodic


@periodic("database.refresh_statistics", every=timedelta(days=1))
def refresh() -> None:
    """Let the planner know how large the tables have become."""
    refresh_statistics()
    db.session.commit()
