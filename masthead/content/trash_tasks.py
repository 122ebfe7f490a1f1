"""The trash of posts and pages, which is emptied after a month."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from masthead import clock
from masthead.content.models import Content
from masthead.db import db

#: The days that a post or page stays in the trash.
TRASH_DAYS = 30
#: The texts that one transaction deletes, each with what refers to it.
PURGED_AT_ONCE = 50


def purge(
    model: type[Content],
    is_due: Callable[[datetime], ColumnElement[bool]],
    delete: Callable[[Sequence[int]], None],
) -> None:
    """Delete texts for good after a month in the trash, a few in each transaction; commits each.

    `is_due(before)` selects those in the trash since before a moment. `delete(ids)` leaves texts that somebody has
    restored in the meantime.
    """
    due = select(model.id).where(is_due(clock.now() - timedelta(days=TRASH_DAYS)))
    while ids := db.session.scalars(due.order_by(model.id).limit(PURGED_AT_ONCE)).all():
        delete(ids)
        db.session.commit()
