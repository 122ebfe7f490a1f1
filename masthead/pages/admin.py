"""Writing, changing, publishing and hiding pages."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.accounts.access import current_user, requires
from masthead.accounts.permissions import Permission
from masthead.db import db
from masthead.errors import DomainError, Invalid
from masthead.pages import actions, queries
from masthead.pages.forms import PageForm
from masthead.pages.models import Page
from masthead.posts.manuscript import Manuscript, typeset
from masthead.web import body_limits
from masthead.web.forms import redisplays_expired_form

bp = Blueprint("pages_admin", __name__)


@bp.get("")
@requires(Permission.MANAGE_PAGES)
def index() -> ResponseReturnValue:
    """Every page, public or not."""
    return render_template("pages/index.html", pages=db.session.scalars(queries.every()).all())


@bp.get("/create")
@requires(Permission.MANAGE_PAGES)
def create() -> ResponseReturnValue:
    """The desk with an empty page."""
    return _desk(PageForm(), None, 200)


@bp.post("/create")
@requires(Permission.MANAGE_PAGES)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def store() -> ResponseReturnValue:
    """Write a new page."""
    form = PageForm()
    manuscript = _typeset(form)
    if manuscript is None:
        return _desk(form, None, 422)
    try:
        at = clock.now()
        page = actions.create(manuscript, by=current_user(), at=at)
        _take_step(page, at=at)
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        return _desk(form, None, 422)
    db.session.commit()
    return _saved(page)


@bp.get("/<int:page_id>")
@requires(Permission.MANAGE_PAGES)
def edit(page_id: int) -> ResponseReturnValue:
    """The desk with a page on it."""
    page = queries.get(page_id)
    return _desk(PageForm.of(page), page, 200)


@bp.post("/<int:page_id>")
@requires(Permission.MANAGE_PAGES)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def save(page_id: int) -> ResponseReturnValue:
    """Change a page."""
    form = PageForm()
    # Rendered before the page is read, because reading it to change it locks it.
    manuscript = _typeset(form)
    if manuscript is None:
        return _desk(form, queries.get(page_id), 422)
    page = queries.get_to_change(page_id)
    try:
        at = clock.now()
        actions.revise(page, manuscript, by=current_user(), at=at, expected_version=form.seen_version)
        _take_step(page, at=at)
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        page = queries.get(page_id)
        # What was typed is kept, and saving once more replaces what the other person wrote.
        form.version.data = str(page.version)
        return _desk(form, page, 422)
    db.session.commit()
    return _saved(page)


def _typeset(form: PageForm) -> Manuscript | None:
    """What was sent, rendered; None if it cannot be accepted."""
    if not form.validate():
        return None
    try:
        return typeset(**form.fields_of_manuscript())
    except Invalid as error:
        form.show(error)
        return None


def _take_step(page: Page, *, at: datetime) -> None:
    """Do what the pressed button says."""
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


def _saved(page: Page) -> ResponseReturnValue:
    flash("The page is saved, and public." if page.is_public else "The page is saved. Readers do not see it.")
    return redirect(url_for("pages_admin.edit", page_id=page.id), code=303)


def _desk(form: PageForm, page: Page | None, status: int) -> ResponseReturnValue:
    return render_template("pages/edit.html", form=form, page=page), status
