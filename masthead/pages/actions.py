"""Changing pages."""

from datetime import datetime

from sqlalchemy import select, update

from masthead import pagecache
from masthead.accounts.models import User
from masthead.accounts.permissions import Permission
from masthead.db import claim, claim_first_free, db
from masthead.errors import NotAllowed
from masthead.pages.errors import SlugTaken, StaleVersion
from masthead.pages.models import Page, PageSlug
from masthead.posts.manuscript import SLUG_CHARACTERS, Manuscript
from masthead.text.anchors import with_kept_ids
from masthead.text.slugs import slugify


def create(manuscript: Manuscript, *, by: User, at: datetime) -> Page:
    """Make a page that is not public yet; raises `SlugTaken`."""
    _check_right(by)
    if manuscript.slug is None:
        slug = claim_first_free(PageSlug, PageSlug.slug, slugify(manuscript.title), limit=SLUG_CHARACTERS)
    elif claim(PageSlug, PageSlug.slug, manuscript.slug):
        slug = manuscript.slug
    else:
        raise SlugTaken(manuscript.slug)
    page = Page(slug=slug, is_public=False, created_at=at)
    _set(page, manuscript, at=at)
    db.session.add(page)
    db.session.flush()
    db.session.execute(update(PageSlug).where(PageSlug.slug == slug).values(page_id=page.id))
    pagecache.considered("pages")
    return page


def revise(
    page: Page, manuscript: Manuscript, *, by: User, at: datetime, expected_version: int | None = None
) -> None:
    """Save a new state of the page; a changed address keeps the old one as a redirect."""
    _check_right(by)
    if expected_version is not None and expected_version != page.version:
        raise StaleVersion(expected=expected_version, actual=page.version)
    if manuscript.slug is not None and manuscript.slug != page.slug:
        _readdress(page, manuscript.slug)
    _set(page, manuscript, at=at)
    pagecache.changed(f"page:{page.id}", "pages")


def publish(page: Page, *, by: User, at: datetime) -> None:
    """Make the page public."""
    _check_right(by)
    page.is_public, page.updated_at = True, at
    pagecache.changed(f"page:{page.id}", "pages")


def unpublish(page: Page, *, by: User, at: datetime) -> None:
    """Hide the page from readers."""
    _check_right(by)
    page.is_public, page.updated_at = False, at
    pagecache.changed(f"page:{page.id}", "pages")


def _check_right(by: User) -> None:
    if not by.can(Permission.MANAGE_PAGES):
        raise NotAllowed("Your role does not allow you to change pages.")


def _readdress(page: Page, slug: str) -> None:
    if not claim(PageSlug, PageSlug.slug, slug, page_id=page.id):
        owner = db.session.scalar(select(PageSlug.page_id).where(PageSlug.slug == slug))
        if owner != page.id:
            raise SlugTaken(slug)
    page.slug = slug


def keep_address(page: Page, slug: str) -> bool:
    """Let an address that the page had elsewhere stay its own, as after a change of address here; whether it is."""
    if claim(PageSlug, PageSlug.slug, slug, page_id=page.id):
        return True
    return db.session.scalar(select(PageSlug.page_id).where(PageSlug.slug == slug)) == page.id


def _set(page: Page, manuscript: Manuscript, *, at: datetime) -> None:
    page.title = manuscript.title
    page.summary = manuscript.summary
    page.body = manuscript.body
    page.html = with_kept_ids(manuscript.html, page.html or "")
    page.toc = [list(heading) for heading in manuscript.toc]
    page.updated_at = at
