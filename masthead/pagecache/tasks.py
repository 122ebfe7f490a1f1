"""Prunes the change log: processes read it within seconds, and rows older than a day are deleted."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from masthead import clock
from masthead.db import db
from masthead.jobs import periodic
from masthead.pagecache.models import CacheChange

KEPT = timedelta(days=1)


@periodic("pagecache.forget_old", every=timedelta(hours=1), deletes=True)
def forget_old() -> None:
    """Delete old changes, except the last one, by which a process recognises the log."""
    last = select(func.max(CacheChange.id)).scalar_subquery()
    db.session.execute(delete(CacheChange).where(CacheChange.at < clock.now() - KEPT, CacheChange.id < last))
    db.session.commit()
