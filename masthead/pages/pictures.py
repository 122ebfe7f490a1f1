"""Copies of the pictures of other sites that pages show, as for posts; see `masthead.posts.pictures`."""

from sqlalchemy import select, update

from masthead import pagecache
from masthead.db import db
from masthead.jobs import enqueue, task
from masthead.media import external
from masthead.pages.models import Page


@task("pages.copy_pictures")
def copy_pictures(page_id: int) -> None:
    """Copy the pictures of other sites that a page shows, and show the copies."""
    waiting = external.addresses_in(db.session.scalar(select(Page.html).where(Page.id == page_id)) or "")
    again = external.fetch(waiting)
    _exchange(page_id, external.copies_of(waiting))
    if again is not None:
        enqueue(copy_pictures, page_id, run_at=again)
    db.session.commit()


def receive(page: Page) -> list[str]:
    """Have the pictures of a page that is being saved copied, and say which wait; raises `Invalid` if they are refused."""
    if external.check(page.html):
        enqueue(copy_pictures, page.id, unique_key=f"pictures-of-page:{page.id}")
    return external.warnings_about(page.html)


def _exchange(page_id: int, copies: dict[str, str]) -> None:
    html = db.session.scalar(select(Page.html).where(Page.id == page_id).with_for_update())
    if html is None or not copies:
        return
    db.session.execute(
        update(Page)
        .where(Page.id == page_id)
        .values(html=external.exchanged(html, copies), updated_at=Page.updated_at),
        execution_options={"synchronize_session": False},
    )
    pagecache.changed(f"page:{page_id}", "pages")
