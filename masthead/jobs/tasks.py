"""Cleanup of the outbox."""

from datetime import timedelta

from masthead import clock
from masthead.db import db
from masthead.jobs import outbox
from masthead.jobs.models import JobState
from masthead.jobs.registry import periodic

KEPT_DAYS = {JobState.DONE: 7, JobState.CANCELLED: 30, JobState.DEAD: 90}


@periodic("jobs.forget_old", every=timedelta(days=1), deletes=True)
def forget_old() -> None:
    """Delete old finished jobs."""
    now = clock.now()
    for state, days in KEPT_DAYS.items():
        outbox.forget(state, before=now - timedelta(days=days))
    db.session.commit()
