"""Post templates and snippets for writers, who choose one and get a copy."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from masthead.db import db, paginate
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.presets import queries
from masthead.presets.models import PostTemplate, Snippet
from masthead.web.paging import page_number

bp = Blueprint("presets", __name__)

#: Snippets that the editor's menu shows at once; a search finds the others.
SHOWN_SNIPPETS = 50


@bp.get("/templates")
@requires(Permission.WRITE)
def choose_template() -> ResponseReturnValue:
    """List the post templates; each leads to a new post that begins with its text."""
    page = queries.summaries(PostTemplate, page=page_number())
    is_editor = current_user().can(Permission.EDIT_POSTS)
    return render_template("presets/templates.html", page=page, is_editor=is_editor)


@bp.get("/snippets")
@requires(Permission.WRITE)
def snippets() -> ResponseReturnValue:
    """List the snippets with their text, to be copied; the editor's menu inserts them without leaving the page."""
    wanted = request.args.get("q", "").strip()
    page = paginate(queries.matching(Snippet, wanted), page=page_number(), per_page=queries.PER_PAGE)
    is_editor = current_user().can(Permission.EDIT_POSTS)
    return render_template("presets/snippets.html", page=page, wanted=wanted, is_editor=is_editor)


@bp.get("/snippets/search")
@requires(Permission.WRITE)
def search_snippets() -> ResponseReturnValue:
    """Find snippets for the editor's menu."""
    found = queries.matching(Snippet, request.args.get("q", "")).limit(SHOWN_SNIPPETS + 1)
    rows = db.session.scalars(found).all()
    shown = [{"id": row.id, "name": row.name, "body": row.body} for row in rows[:SHOWN_SNIPPETS]]
    return jsonify({"snippets": shown, "has_more": len(rows) > SHOWN_SNIPPETS})
