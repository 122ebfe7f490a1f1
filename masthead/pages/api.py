"""The API of pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy import Select

from masthead import clock
from masthead.content.api import stale_version_is_412
from masthead.content.rendering import render_text
from masthead.db import db, snapshot
from masthead.errors import Invalid, NotAllowed, NotFound
from masthead.media import external
from masthead.pages import actions, pictures, queries
from masthead.pages.models import Page, PageStatus
from masthead.pages.schemas import (
    PageAnswer,
    PageChange,
    PageDeletion,
    PageInput,
    PageItem,
    Pages,
    PagesQuery,
)
from masthead.pages.validation import validate
from masthead.people.access import current_user, requires, visitor
from masthead.people.permissions import Permission
from masthead.unset import UNSET
from masthead.web.access import public
from masthead.web.api.operations import (
    Answer,
    check_match,
    check_optional_match,
    commit_and_answer,
    operation,
)
from masthead.web.api.paging import list_answer, located

bp = Blueprint("pages_api", __name__)


def _mistakes(said: dict[str, Any], slug: str | None = None) -> Iterable[Invalid]:
    """Return the mistakes in a submitted page."""
    page = None if slug is None else db.session.scalar(queries.every().where(Page.slug == slug))
    return () if slug is not None and page is None else validate(said, page)


@bp.get("")
@public
@operation(
    "List pages", tag="pages", query=PagesQuery, answer=Pages, problems=(403, 404), is_conditional=True
)
def index(query: PagesQuery) -> Answer:
    """Public pages; for people who write pages, all outside the trash, or those of a status."""
    wanted = _readable()
    if query.status is not None and query.status is not PageStatus.PUBLISHED:
        if not _writes_pages():
            raise NotAllowed("Only those who write pages see those that are not public.")
        wanted = queries.of_status(query.status)
    elif query.status is not None:
        wanted = queries.of_status(query.status)
    return list_answer(Pages, wanted, query, PageItem.of)


def _readable() -> Select[Page]:
    return queries.every() if _writes_pages() else queries.every().where(Page.is_public)


def _writes_pages() -> bool:
    reader = visitor()
    return reader is not None and reader.can(Permission.MANAGE_PAGES)


@bp.get("/<slug>")
@public
@operation("Read a page", tag="pages", answer=PageAnswer, problems=(404,), is_conditional=True)
def show(slug: str) -> Answer:
    """A public page, or any page for people who write pages."""
    page = db.session.scalar(_readable().where(Page.slug == slug))
    if page is None:
        raise NotFound("There is no such page.")
    reader = visitor()
    is_writer = reader is not None and reader.can(Permission.MANAGE_PAGES)
    return _whole(page, external.warnings_about(page.html) if is_writer else ())


def _whole(page: Page, warnings: Sequence[str] = ()) -> Answer:
    return Answer(PageAnswer.whole(page, warnings), etag=str(page.version))


@bp.post("")
@requires(Permission.MANAGE_PAGES)
@operation(
    "Write a page",
    tag="pages",
    body=PageInput,
    answer=PageAnswer,
    status=201,
    problems=(403, 409),
    is_conditional=True,
    validator=_mistakes,
)
def create(body: PageInput) -> Response:
    """Create a page, public at once if `status` says so."""
    rendered = render_text(title=body.title, body=body.body, summary=body.summary, slug=body.slug)
    by, at = current_user(), clock.now()
    page = actions.create(rendered, by=by, at=at)
    if body.is_public:
        actions.publish(page, by=by, at=at)
    return commit_and_answer(_made, page, rendered.warnings + pictures.receive(page))


def _made(page: Page, warnings: list[str]) -> Answer:
    return located(_whole(page, warnings), url_for("pages_api.show", slug=page.slug))


@bp.patch("/<slug>")
@requires(Permission.MANAGE_PAGES)
@operation(
    "Change a page",
    tag="pages",
    body=PageChange,
    answer=PageAnswer,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
    validator=_mistakes,
)
def change(slug: str, body: PageChange) -> Response:
    """Save the given members; omitted ones stay."""
    seen = _seen(slug)
    check_match(str(seen.version))
    # Rendering comes before the change, which locks the row.
    rendered = render_text(
        title=seen.title if body.title is None else body.title,
        body=seen.body if body.body is None else body.body,
        summary=UNSET if body.summary is None else body.summary,
        slug=body.slug,
    )
    by, at = current_user(), clock.now()
    page = queries.get_to_change(seen.id)
    with stale_version_is_412():
        actions.revise(page, rendered, by=by, at=at, expected_version=seen.version)
    if body.is_public is not None:
        (actions.publish if body.is_public else actions.unpublish)(page, by=by, at=at)
    return commit_and_answer(_whole, page, rendered.warnings + pictures.receive(page))


@bp.delete("/<slug>")
@requires(Permission.MANAGE_PAGES)
@operation(
    "Move a page to the trash",
    tag="pages",
    query=PageDeletion,
    status=204,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
)
def delete(slug: str, query: PageDeletion) -> Response:
    """Move a page to the trash, restorable for 30 days. With `purge`, delete a page in the trash for good."""
    page = _to_change(slug, is_trashed=query.purge)
    check_match(str(page.version))
    if query.purge:
        actions.purge(page, by=current_user())
    else:
        actions.trash(page, by=current_user(), at=clock.now())
    return commit_and_answer(Answer, None)


@bp.post("/<slug>/restore")
@requires(Permission.MANAGE_PAGES)
@operation(
    "Restore a page from the trash",
    tag="pages",
    answer=PageAnswer,
    problems=(403, 404, 409, 412),
    is_conditional=True,
)
def restore(slug: str) -> Response:
    """Restore a page from the trash as a draft."""
    page = _to_change(slug, is_trashed=True)
    check_optional_match(str(page.version))
    actions.restore(page, by=current_user(), at=clock.now())
    return commit_and_answer(_whole, page)


def _to_change(slug: str, *, is_trashed: bool) -> Page:
    """Return the page at this slug, locked; raises `NotFound`, also for one in the trash unless it ``is_trashed``."""
    page = db.session.scalar(queries.at_slug_to_change(slug))
    if page is None or (page.trashed_at is not None and not is_trashed):
        raise NotFound("There is no such page.")
    return page


def _seen(slug: str) -> Page:
    with snapshot() as session:
        page = session.scalar(queries.every().where(Page.slug == slug))
    if page is None:
        raise NotFound("There is no such page.")
    return page
