"""Snippets for editors."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.db import db
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.presets import actions, queries
from masthead.presets.admin import saving
from masthead.presets.forms import SnippetForm
from masthead.presets.models import Snippet
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.middleware import body_limits
from masthead.web.paging import page_number

bp = Blueprint("snippets_admin", __name__)


@bp.get("")
@requires(Permission.EDIT_POSTS)
def index() -> ResponseReturnValue:
    """List all snippets, or those that contain the search text."""
    wanted = request.args.get("q", "").strip()
    page = queries.summaries(Snippet, wanted, page=page_number())
    return render_template("admin/snippets.html", page=page, wanted=wanted)


@bp.get("/create")
@requires(Permission.EDIT_POSTS)
def create() -> ResponseReturnValue:
    """Show the form for a new snippet."""
    return render_template("admin/snippet.html", form=SnippetForm(), snippet=None)


@bp.post("/create")
@requires(Permission.EDIT_POSTS)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def store() -> ResponseReturnValue:
    """Create a snippet."""
    form = SnippetForm()
    made = saving.created(Snippet, form)
    if made is None:
        return render_template("admin/snippet.html", form=form, snippet=None), 422
    db.session.commit()
    flash(f"Snippet created: {made.name}.")
    return redirect(url_for("snippets_admin.index"), code=303)


@bp.get("/<int:snippet_id>")
@requires(Permission.EDIT_POSTS)
def edit(snippet_id: int) -> ResponseReturnValue:
    """Show the form for an existing snippet."""
    found = queries.get(Snippet, snippet_id)
    return render_template("admin/snippet.html", form=SnippetForm(obj=found), snippet=found)


@bp.post("/<int:snippet_id>")
@requires(Permission.EDIT_POSTS)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def save(snippet_id: int) -> ResponseReturnValue:
    """Change a snippet; posts that began before stay as they are."""
    found = queries.get_to_change(Snippet, snippet_id)
    # A field that the request omits keeps its stored value.
    form = SnippetForm(obj=found)
    if not saving.is_changed(found, form):
        found = queries.get(Snippet, snippet_id)
        return render_template("admin/snippet.html", form=form, snippet=found), 422
    db.session.commit()
    flash(f"Snippet saved: {found.name}.")
    return redirect(url_for("snippets_admin.index"), code=303)


@bp.post("/<int:snippet_id>/delete")
@requires(Permission.EDIT_POSTS)
def delete(snippet_id: int) -> ResponseReturnValue:
    """Delete a snippet."""
    found = queries.get_to_change(Snippet, snippet_id)
    name = found.name
    actions.delete(found, by=current_user(), expected_version=None)
    db.session.commit()
    flash(f"Snippet deleted: {name}.")
    return redirect(url_for("snippets_admin.index"), code=303)
