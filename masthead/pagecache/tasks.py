"""The log of changes is read within seconds; what is older than a day goes."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from masthead import clock
from masthead.db import db
from masthead.jobs import periodic
from masthead.pagecache.models import CacheChange

KEPT = timedelta(days=1)


@periodic("pagecache.forget_old", every=timedelta(hours=1), deletes=True)
def forget_old() -> None:
    """Delete old changes, but never the last one, by which a process knows that the log is the one it has read before."""
    last = select(func.max(CacheChange.id)).scalar_subquery()
    db.session.execute(delete(CacheChange).where(CacheChange.at < clock.now() - KEPT, CacheChange.id < last))
    db.session.commit()
