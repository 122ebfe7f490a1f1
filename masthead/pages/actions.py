"""Actions on pages."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from masthead import audit
from masthead.content import actions as content
from masthead.content.rendering import RenderedText
from masthead.db import db
from masthead.errors import NotAllowed
from masthead.media import usage as media_usage
from masthead.pages.errors import InTrash, NotInTrash
from masthead.pages.models import Page
from masthead.pages.slugs import SLUGS
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.redirects.models import Redirect, Target


def create(rendered: RenderedText, *, by: User, at: datetime) -> Page:
    """Create a page that is not public; raises `SlugTaken`."""
    _check_right(by)
    slug = SLUGS.claim(rendered)
    page = Page(slug=slug, is_public=False, created_at=at)
    content.set_text(page, rendered, at=at)
    db.session.add(page)
    db.session.flush()
    SLUGS.assign([page])
    _record("created", page, by=by)
    return page


def revise(
    page: Page, rendered: RenderedText, *, by: User, at: datetime, expected_version: int | None = None
) -> None:
    """Save a new version of the page; a changed slug leaves a redirect at the old one."""
    _check_can_change(page, by)
    content.check_version(page, expected_version)
    SLUGS.change(page, rendered.slug)
    content.set_text(page, rendered, at=at)
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
    if page_ids := db.session.scalars(gone, execution_options=options).all():
        db.session.execute(led, execution_options=options)
        media_usage.forget("page", page_ids)


def _check_can_change(page: Page, by: User) -> None:
    _check_right(by)
    if page.trashed_at is not None:
        raise InTrash


def _record(event: str, page: Page, *, by: User) -> None:
    audit.record(f"page.{event}", by=by, subject=page.title, page=page.id)


def _check_right(by: User) -> None:
    if not by.can(Permission.MANAGE_PAGES):
        raise NotAllowed("Your role does not allow you to change pages.")
