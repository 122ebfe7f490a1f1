"""The pages that write, change, publish and hide pages."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.content.rendering import RenderedText, render_text
from masthead.content.trash_tasks import TRASH_DAYS
from masthead.db import count_of, db, snapshot
from masthead.errors import DomainError, Invalid, NotFound
from masthead.media import external
from masthead.pages import actions, pictures, queries, read_models
from masthead.pages.errors import InTrash, NotInTrash
from masthead.pages.forms import PageForm
from masthead.pages.models import Page, PageStatus
from masthead.pages.validation import validate
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web.forms.base import redisplays_expired_form, warn
from masthead.web.forms.field_errors import show_others
from masthead.web.middleware import body_limits

bp = Blueprint("pages_admin", __name__)


@bp.get("")
@requires(Permission.MANAGE_PAGES)
def index() -> ResponseReturnValue:
    """List every page, public or not; with ``?state=trashed``, those in the trash."""
    given = request.args.get("state", "")
    if given not in {"", *PageStatus}:
        raise NotFound("There is no such list of pages.")
    pages = queries.of_status(PageStatus(given)) if given else queries.every()
    in_trash = db.session.scalar(count_of(queries.of_status(PageStatus.TRASHED))) or 0
    return render_template(
        "pages/index.html",
        rows=[read_models.row(page) for page in db.session.scalars(pages)],
        is_trash=given == PageStatus.TRASHED,
        in_trash=in_trash,
        trash_url=_trash_url(),
        days=TRASH_DAYS,
    )


@bp.get("/create")
@requires(Permission.MANAGE_PAGES)
def create() -> ResponseReturnValue:
    """Show the editor for a new page."""
    return _desk(PageForm(), None, 200)


@bp.post("/create")
@requires(Permission.MANAGE_PAGES)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def store() -> ResponseReturnValue:
    """Create a page."""
    form = PageForm()
    rendered = _rendered_form(form)
    if rendered is None:
        show_others(form, lambda: validate(form.said, None))
        return _desk(form, None, 422)
    try:
        at = clock.now()
        page = actions.create(rendered, by=current_user(), at=at)
        _take_step(page, at=at)
        pictures.receive(page)
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        show_others(form, lambda: validate(form.said, None))
        return _desk(form, None, 422)
    db.session.commit()
    return _saved(page, rendered)


@bp.get("/<int:page_id>")
@requires(Permission.MANAGE_PAGES)
def edit(page_id: int) -> ResponseReturnValue:
    """Show the editor of a page."""
    page = queries.get(page_id)
    if page.trashed_at is not None:
        raise InTrash
    return _desk(PageForm.of(page), page, 200)


@bp.post("/<int:page_id>")
@requires(Permission.MANAGE_PAGES)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def save(page_id: int) -> ResponseReturnValue:
    """Change a page."""
    with snapshot() as session:
        seen = session.get(Page, page_id)
    # A field that the request omits keeps its stored value.
    form = PageForm.of(seen) if seen is not None else PageForm()
    # Rendering comes before the query, because the query locks the page.
    rendered = _rendered_form(form, seen)
    if rendered is None:
        show_others(form, lambda: validate(form.said, queries.get(page_id)))
        return _desk(form, queries.get(page_id), 422)
    page = queries.get_to_change(page_id)
    try:
        at = clock.now()
        actions.revise(page, rendered, by=current_user(), at=at, expected_version=form.seen_version)
        _take_step(page, at=at)
        pictures.receive(page)
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        show_others(form, lambda: validate(form.said, queries.get(page_id)))
        page = queries.get(page_id)
        # The form keeps its content; saving again overwrites the other person's version.
        form.version.data = str(page.version)
        return _desk(form, page, 422)
    db.session.commit()
    return _saved(page, rendered)


@bp.get("/<int:page_id>/delete")
@requires(Permission.MANAGE_PAGES)
def delete(page_id: int) -> ResponseReturnValue:
    """Ask for confirmation before moving a page to the trash."""
    page = queries.get(page_id)
    if page.trashed_at is not None:
        raise InTrash
    return render_template("pages/delete.html", page=page, days=TRASH_DAYS)


@bp.post("/<int:page_id>/delete")
@requires(Permission.MANAGE_PAGES)
def trash(page_id: int) -> ResponseReturnValue:
    """Move a page to the trash."""
    actions.trash(queries.get_to_change(page_id), by=current_user(), at=clock.now())
    db.session.commit()
    flash("The page is in the trash. You can restore it from there.")
    return redirect(url_for("pages_admin.index"), code=303)


@bp.post("/<int:page_id>/restore")
@requires(Permission.MANAGE_PAGES)
def restore(page_id: int) -> ResponseReturnValue:
    """Restore a page from the trash."""
    actions.restore(queries.get_to_change(page_id), by=current_user(), at=clock.now())
    db.session.commit()
    flash("The page is restored as a draft.")
    return redirect(url_for("pages_admin.edit", page_id=page_id), code=303)


@bp.get("/<int:page_id>/purge")
@requires(Permission.MANAGE_PAGES)
def confirm_purge(page_id: int) -> ResponseReturnValue:
    """Ask for confirmation before deleting a trashed page for good."""
    page = queries.get(page_id)
    if page.trashed_at is None:
        raise NotInTrash
    return render_template("pages/purge.html", page=page, trash_url=_trash_url())


@bp.post("/<int:page_id>/purge")
@requires(Permission.MANAGE_PAGES)
def purge(page_id: int) -> ResponseReturnValue:
    """Delete a page in the trash for good."""
    page = queries.get_to_change(page_id)
    title = page.title
    actions.purge(page, by=current_user())
    db.session.commit()
    flash(f"The page “{title}” is deleted permanently.")
    return redirect(_trash_url(), code=303)


def _trash_url() -> str:
    return url_for("pages_admin.index", state=PageStatus.TRASHED)


def _rendered_form(form: PageForm, page: Page | None = None) -> RenderedText | None:
    """Return the rendered form; None if it is invalid."""
    if not form.validate():
        return None
    try:
        return render_text(**form.content_fields(page))
    except Invalid as error:
        form.show(error)
        return None


def _take_step(page: Page, *, at: datetime) -> None:
    """Apply the action of the pressed button."""
    by = current_user()
    match request.form.get("action", "save"):
        case "save":
            return
        case "publish":
            actions.publish(page, by=by, at=at)
        case "unpublish":
            actions.unpublish(page, by=by, at=at)
        case _:
            raise Invalid("This button is unknown. Use one of the buttons below the text.")


def _saved(page: Page, rendered: RenderedText) -> ResponseReturnValue:
    flash("Page updated." if page.is_public else "Page saved. Only editors can see it.")
    warn(rendered.warnings)
    return redirect(url_for("pages_admin.edit", page_id=page.id), code=303)


def _desk(form: PageForm, page: Page | None, status: int) -> ResponseReturnValue:
    told = external.warnings_about(page.html) if page and status == 200 else []
    return render_template("pages/edit.html", form=form, page=page, told=told), status
