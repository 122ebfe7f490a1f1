"""Copies external images of pages, and empties the trash of pages."""

from datetime import timedelta

from sqlalchemy import select, update

from masthead import clock
from masthead.db import db
from masthead.jobs import enqueue, periodic, task
from masthead.media import external
from masthead.media import usage as media_usage
from masthead.media.tasks import copy_missing
from masthead.pages import actions
from masthead.pages.models import Page

#: The days that a page stays in the trash; posts stay equally long.
TRASH_DAYS = 30


@periodic("pages.purge_trash", every=timedelta(days=1), deletes=True)
def purge_trash() -> None:
    """Delete pages for good after a month in the trash."""
    before = clock.now() - timedelta(days=TRASH_DAYS)
    due = select(Page.id).where(Page.trashed_at < before).order_by(Page.id)
    if page_ids := db.session.scalars(due).all():
        actions.forget(page_ids)
        db.session.commit()


@task("pages.copy_pictures", writes=True)
def copy_pictures(page_id: int) -> None:
    """Copy the external images of a page, and embed the copies."""
    waiting = external.addresses_in(db.session.scalar(select(Page.html).where(Page.id == page_id)) or "")
    again = copy_missing(waiting)
    _exchange(page_id, external.copies_of(waiting))
    if again is not None:
        enqueue(copy_pictures, page_id, run_at=again)
    db.session.commit()


def _exchange(page_id: int, copies: dict[str, str]) -> None:
    page = db.session.execute(
        select(Page.html, Page.is_public).where(Page.id == page_id).with_for_update()
    ).one_or_none()
    if page is None or not copies:
        return
    html = external.exchanged(page.html, copies)
    db.session.execute(
        update(Page).where(Page.id == page_id).values(html=html, updated_at=Page.updated_at),
        execution_options={"synchronize_session": False},
    )
    media_usage.note("page", page_id, [html], is_public=page.is_public)
