"""The end of the trash of pages."""

from datetime import timedelta

from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.jobs import periodic
from masthead.pages import actions
from masthead.pages.models import Page

#: Days for which the trash keeps a page, as it keeps a post.
TRASH_DAYS = 30


@periodic("pages.purge_trash", every=timedelta(days=1))
def purge_trash() -> None:
    """Delete the pages for good that have been in the trash for a month."""
    before = clock.now() - timedelta(days=TRASH_DAYS)
    due = select(Page.id).where(Page.trashed_at < before).order_by(Page.id)
    if page_ids := db.session.scalars(due).all():
        actions.forget(page_ids)
        db.session.commit()
