"""Queries for pages."""

from sqlalchemy import Select, and_, select

from masthead.db import db
from masthead.errors import NotFound
from masthead.pages.models import Page, PageStatus
from masthead.pages.slugs import SLUGS


def every() -> Select[Page]:
    """All pages outside the trash, by title."""
    return _by_title().where(Page.trashed_at.is_(None))


def of_status(status: PageStatus) -> Select[Page]:
    """The pages of a status by title; those in the trash by the time of their move, the last first."""
    if status is PageStatus.TRASHED:
        trashed = select(Page).where(Page.trashed_at.is_not(None))
        return trashed.order_by(Page.trashed_at.desc(), Page.id.desc())
    return every().where(Page.is_public.is_(status is PageStatus.PUBLISHED))


def _by_title() -> Select[Page]:
    return select(Page).order_by(Page.title, Page.id)


def get(page_id: int) -> Page:
    """Return the page with this id; raises `NotFound`."""
    return _one(select(Page).where(Page.id == page_id))


def get_to_change(page_id: int) -> Page:
    """Return the page with this id, locked: of two concurrent writers, the second sees the first one's version."""
    return _one(select(Page).where(Page.id == page_id).with_for_update())


def at_slug_to_change(slug: str) -> Select[Page]:
    """Select the page at this slug, in the trash or not, with a lock."""
    return select(Page).where(Page.slug == slug).with_for_update()


def by_slug(slug: str) -> Page:
    """Return the page at this slug, public or not, outside the trash; raises `NotFound`."""
    return _one(every().where(Page.slug == slug))


def present_slug(old_slug: str) -> str | None:
    """Return the present slug of the public page that once had this one."""
    return SLUGS.present(old_slug, and_(Page.is_public))


def slug_of(page_id: int) -> str | None:
    """Return the slug of a public page."""
    return db.session.scalar(select(Page.slug).where(Page.id == page_id, Page.is_public))


def _one(statement: Select[Page]) -> Page:
    page = db.session.scalar(statement)
    if page is None:
        raise NotFound("There is no such page.")
    return page
