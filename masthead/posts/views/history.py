"""The revisions of a post, for people who may edit it: list, view, restore."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from masthead import clock
from masthead.db import db, paginate
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import history, pictures, queries, revision_restore
from masthead.posts.models import Revision
from masthead.posts.views.saving import editable
from masthead.web.paging import page_number

bp = Blueprint("posts_desk_history", __name__)

REVISIONS_PER_PAGE = 50


@bp.get("/edit/<int:post_id>/history")
@requires(Permission.WRITE)
def index(post_id: int) -> ResponseReturnValue:
    """List the revisions, newest first."""
    post = editable(post_id)
    wanted = queries.revisions_of(post).options(joinedload(Revision.author, innerjoin=True))
    page = paginate(wanted, page=page_number(), per_page=REVISIONS_PER_PAGE)
    return render_template("posts/history.html", post=post, page=page)


@bp.get("/edit/<int:post_id>/history/<int:number>")
@requires(Permission.WRITE)
def show(post_id: int, number: int) -> ResponseReturnValue:
    """Show a revision."""
    post = editable(post_id)
    return render_template("posts/revision.html", post=post, revision=history.get(post, number))


@bp.post("/edit/<int:post_id>/history/<int:number>/restore")
@requires(Permission.WRITE)
def restore(post_id: int, number: int) -> ResponseReturnValue:
    """Save a revision again as the newest one."""
    by = current_user()
    # Rendering comes before the change, which locks the row.
    prepared = revision_restore.prepare(queries.with_id(post_id), number, by=by)
    post = editable(post_id)
    revision_restore.restore(post, prepared, by=by, at=clock.now())
    pictures.receive(post)
    db.session.commit()
    flash(f"Revision {number} is restored. The version before it is in the history.")
    return redirect(url_for("posts_desk.edit", post_id=post_id), code=303)
