"""Actions on pages."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from masthead import audit
from masthead.db import db, insert_first_free, insert_unique
from masthead.errors import NotAllowed
from masthead.media import external
from masthead.pages.errors import InTrash, NotInTrash, PageSlugTaken, StalePageVersion
from masthead.pages.models import Page, PageSlug
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.rendering import SLUG_CHARACTERS, RenderedText
from masthead.redirects.models import Redirect, Target
from masthead.text.anchors import with_kept_ids
from masthead.text.slugs import slugify
from masthead.unset import chosen


def create(rendered: RenderedText, *, by: User, at: datetime) -> Page:
    """Create a page that is not public; raises `SlugTaken`."""
    _check_right(by)
    if rendered.slug is None:
        slug = insert_first_free(PageSlug, PageSlug.slug, slugify(rendered.title), limit=SLUG_CHARACTERS)
    elif insert_unique(PageSlug, PageSlug.slug, rendered.slug):
        slug = rendered.slug
    else:
        raise PageSlugTaken(rendered.slug)
    page = Page(slug=slug, is_public=False, created_at=at)
    _set(page, rendered, at=at)
    db.session.add(page)
    db.session.flush()
    db.session.execute(update(PageSlug).where(PageSlug.slug == slug).values(page_id=page.id))
    _record("created", page, by=by)
    return page


def revise(
    page: Page, rendered: RenderedText, *, by: User, at: datetime, expected_version: int | None = None
) -> None:
    """Save a new version of the page; a changed slug leaves a redirect at the old one."""
    _check_can_change(page, by)
    if expected_version is not None and expected_version != page.version:
        raise StalePageVersion(expected=expected_version, actual=page.version)
    if rendered.slug is not None and rendered.slug != page.slug:
        _readdress(page, rendered.slug)
    _set(page, rendered, at=at)
    _record("edited", page, by=by)


def publish(page: Page, *, by: User, at: datetime) -> None:
    """Make the page public."""
    _check_can_change(page, by)
    if not page.is_public:
        _record("published", page, by=by)
    page.is_public, page.updated_at = True, at


def unpublish(page: Page, *, by: User, at: datetime) -> None:
    """Hide the page from readers."""
    _check_can_change(page, by)
    if page.is_public:
        _record("unpublished", page, by=by)
    page.is_public, page.updated_at = False, at


def trash(page: Page, *, by: User, at: datetime) -> None:
    """Move the page to the trash: readers do not see it, and its slugs stay reserved."""
    _check_can_change(page, by)
    page.is_public, page.trashed_at, page.updated_at = False, at, at
    _record("trashed", page, by=by)


def restore(page: Page, *, by: User, at: datetime) -> None:
    """Restore the page from the trash as a draft; raises `NotInTrash`."""
    _check_right(by)
    if page.trashed_at is None:
        raise NotInTrash
    page.trashed_at, page.updated_at = None, at
    _record("restored", page, by=by)


def purge(page: Page, *, by: User) -> None:
    """Delete a page in the trash for good, and free its slugs; raises `NotInTrash`."""
    _check_right(by)
    if page.trashed_at is None:
        raise NotInTrash
    _record("purged", page, by=by)
    forget([page.id])


def forget(page_ids: Sequence[int]) -> None:
    """Delete trashed pages for good, with everything that refers to them."""
    options = {"synchronize_session": False}
    led = delete(Redirect).where(Redirect.kind == Target.PAGE, Redirect.target_id.in_(page_ids))
    gone = delete(Page).where(Page.id.in_(page_ids), Page.trashed_at.is_not(None)).returning(Page.id)
    if db.session.scalars(gone, execution_options=options).all():
        db.session.execute(led, execution_options=options)


def _check_can_change(page: Page, by: User) -> None:
    _check_right(by)
    if page.trashed_at is not None:
        raise InTrash


def _record(deed: str, page: Page, *, by: User) -> None:
    audit.record(f"page.{deed}", by=by, subject=page.title, page=page.id)


def _check_right(by: User) -> None:
    if not by.can(Permission.MANAGE_PAGES):
        raise NotAllowed("Your role does not allow you to change pages.")


def _readdress(page: Page, slug: str) -> None:
    if not insert_unique(PageSlug, PageSlug.slug, slug, page_id=page.id):
        owner = db.session.scalar(select(PageSlug.page_id).where(PageSlug.slug == slug))
        if owner != page.id:
            raise PageSlugTaken(slug)
    page.slug = slug


def keep_address(page: Page, slug: str) -> bool:
    """Reserve a slug that the page had elsewhere, as after a change of slug here; return whether that was possible."""
    if insert_unique(PageSlug, PageSlug.slug, slug, page_id=page.id):
        return True
    return db.session.scalar(select(PageSlug.page_id).where(PageSlug.slug == slug)) == page.id


def _set(page: Page, rendered: RenderedText, *, at: datetime) -> None:
    page.title = rendered.title
    page.summary = chosen(rendered.summary, page.summary or "")
    page.body = rendered.body
    page.html = with_kept_ids(external.with_copies(rendered.html), page.html or "")
    page.toc = [list(heading) for heading in rendered.toc]
    page.updated_at = at
