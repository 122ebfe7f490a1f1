"""The history of a post, for people who may edit it: list, view, compare, name and restore revisions."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from masthead import clock
from masthead.db import db, paginate
from masthead.errors import NotFound
from masthead.people.access import current_user, requires
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import comparisons, history, pictures, queries, revision_restore
from masthead.posts.history import Kind
from masthead.posts.models import Post, Revision
from masthead.posts.views.saving import editable
from masthead.posts.working_copy import journal, saves, shown
from masthead.posts.working_copy.journal import Sender
from masthead.web.paging import page_number

bp = Blueprint("posts_desk_history", __name__)

REVISIONS_PER_PAGE = 50
LABELS: dict[str, str] = {
    Kind.SAVED: "Saved",
    Kind.AUTOSAVE: "Autosaved",
    Kind.CONFLICT: "Not merged",
    Kind.DISCARDED: "Discarded",
}


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A revision in the list."""

    number: int
    label: str
    #: True for states that readers saw, which stand out.
    is_published: bool
    name: str
    title: str
    note: str
    author: User
    created_at: datetime
    is_current: bool


def _row(revision: Revision, current: int | None) -> HistoryRow:
    return HistoryRow(
        number=revision.number,
        label="Published" if revision.was_public else LABELS.get(revision.kind, LABELS[Kind.SAVED]),
        is_published=revision.was_public,
        name=revision.name,
        title=revision.title,
        note=revision.note,
        author=revision.author,
        created_at=revision.created_at,
        is_current=revision.number == current,
    )


@bp.get("/edit/<int:post_id>/history")
@requires(Permission.WRITE)
def index(post_id: int) -> ResponseReturnValue:
    """List the revisions, newest first, or compare two with ``?from=`` and ``?to=``."""
    post = editable(post_id)
    if request.args.get("from"):
        return _compare(post, request.args["from"], request.args.get("to", ""))
    wanted = queries.revisions_of(post).options(joinedload(Revision.author, innerjoin=True))
    page = paginate(wanted, page=page_number(), per_page=REVISIONS_PER_PAGE)
    current = history.newest_saved(post_id)
    return render_template(
        "posts/history.html",
        post=post,
        page=page,
        rows=[_row(revision, current) for revision in page.items],
        copy=_open_copy(post),
    )


def _open_copy(post: Post) -> datetime | None:
    """Return when the open working copy was changed."""
    copy = journal.copy_of(post.id)
    return copy.changed_at if copy is not None and copy.is_open else None


def _compare(post: Post, first: str, second: str) -> ResponseReturnValue:
    old = history.get(post, _number(first))
    if second:
        new = history.get(post, _number(second))
        changes, title = comparisons.of_revisions(old, new), f"revision {new.number}"
    else:
        changes, title = comparisons.with_shown(old, shown.now(post)), "the present text"
    return render_template(
        "posts/comparison.html", post=post, old=old, second=second, title=title, changes=changes
    )


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 11):
        raise NotFound(history.MISSING)
    return int(word)


@bp.get("/edit/<int:post_id>/history/<int:number>")
@requires(Permission.WRITE)
def show(post_id: int, number: int) -> ResponseReturnValue:
    """Show a revision."""
    post = editable(post_id)
    revision = history.get(post, number)
    row = _row(revision, history.newest_saved(post_id))
    return render_template("posts/revision.html", post=post, revision=revision, row=row)


@bp.post("/edit/<int:post_id>/history/<int:number>/restore")
@requires(Permission.WRITE)
def restore(post_id: int, number: int) -> ResponseReturnValue:
    """Save a revision again as the newest one."""
    by, at = current_user(), clock.now()
    # Rendering comes before the change, which locks the row.
    prepared = revision_restore.prepare(queries.with_id(post_id), number, by=by)
    post = editable(post_id)
    saves.set_aside(journal.lock(post_id))
    revision_restore.restore(post, prepared, by=by, at=at)
    pictures.receive(post)
    saves.close(post_id, sender=Sender(by.id), at=at)
    db.session.commit()
    flash(f"Revision {number} is restored. The version before it is in the history.")
    return redirect(url_for("posts_desk.edit", post_id=post_id), code=303)


@bp.post("/edit/<int:post_id>/history/<int:number>/name")
@requires(Permission.WRITE)
def name(post_id: int, number: int) -> ResponseReturnValue:
    """Give a revision a name, or take it away."""
    post = editable(post_id)
    history.set_name(history.get(post, number), request.form.get("name", ""))
    db.session.commit()
    flash("The revision is named." if request.form.get("name", "").strip() else "The name is removed.")
    return redirect(url_for("posts_desk_history.show", post_id=post_id, number=number), code=303)
