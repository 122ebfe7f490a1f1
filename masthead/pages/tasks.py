"""Copies external images of pages, and empties the trash of pages."""

from datetime import timedelta

from masthead.content import trash_tasks
from masthead.content.pictures import Illustrated
from masthead.db import db
from masthead.jobs import enqueue, periodic, task
from masthead.pages import actions
from masthead.pages.models import Page

ILLUSTRATED = Illustrated("page", Page, Page.is_public)


@periodic("pages.purge_trash", every=timedelta(days=1), deletes=True)
def purge_trash() -> None:
    """Delete pages for good after a month in the trash."""
    trash_tasks.purge(Page, lambda before: Page.trashed_at < before, actions.forget)


@task("pages.copy_pictures", writes=True)
def copy_pictures(page_id: int) -> None:
    """Copy the external images of a page, and embed the copies."""
    again = ILLUSTRATED.copy_external(page_id)
    if again is not None:
        enqueue(copy_pictures, page_id, run_at=again)
    db.session.commit()
