"""Posts of all authors for editors: one list of all states, and bulk changes."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, select

from masthead import clock
from masthead.db import GREATEST_ID, db, paginated
from masthead.errors import DomainError, Invalid
from masthead.people.access import current_user, requires
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import actions, queries, read_models, review, summaries
from masthead.posts.lifecycle import State
from masthead.posts.lists import counts
from masthead.posts.models import Post
from masthead.web.paging import page_number
from masthead.web.safe_redirects import redirect_back

bp = Blueprint("posts_admin", __name__)

POSTS_PER_PAGE = 50
FEW_POSTS = 1_000
#: The bulk actions and their messages.
STEPS: dict[str, tuple[Callable[..., None], str]] = {
    "publish": (actions.publish, "published"),
    "return": (actions.send_back, "sent back"),
    "unpublish": (actions.unpublish, "unpublished"),
    "trash": (actions.trash, "moved to the trash"),
    "restore": (actions.restore, "restored as a draft"),
}


@bp.get("")
@requires(Permission.EDIT_POSTS)
def index() -> ResponseReturnValue:
    """List the posts of all authors, by state with ``?state=``, by words in the title with ``?q=``."""
    state = request.args.get("state", "")
    wanted = request.args.get("q", "").strip()
    is_asked = queries.in_list(state)
    posts = queries.everybodys().where(is_asked)
    total = None
    if wanted:
        total, is_titled = _titled(wanted, is_asked)
        posts = posts.where(is_titled)
    elif not state:
        total = counts.kept()
    page = paginated(posts, summaries.load, page=page_number(), per_page=POSTS_PER_PAGE, total=total)
    return render_template(
        "posts/all_posts.html",
        page=page,
        rows=read_models.rows(page.items),
        filters=read_models.filters(
            state, lambda shown: url_for("posts_admin.index", state=shown), first=State.IN_REVIEW
        ),
        state=state,
        wanted=wanted,
        buttons=read_models.bulk_buttons(state),
        is_returnable=state in {"", State.IN_REVIEW},
        is_review=state == State.IN_REVIEW,
        note_characters=review.NOTE_CHARACTERS,
    )


def _titled(wanted: str, is_asked: ColumnElement[bool]) -> tuple[int, ColumnElement[bool]]:
    """Return the number of posts with the words in their titles, and the fastest condition for a page of them."""
    holds = Post.title.icontains(wanted, autoescape=True)
    total = db.session.scalar(select(func.count()).select_from(Post).where(holds, is_asked)) or 0
    # A few matches are found in the index of titles and sorted. With many, some are among the recently edited.
    return total, holds if total > FEW_POSTS else Post.id.in_(select(Post.id).where(holds))


@bp.post("")
@requires(Permission.EDIT_POSTS)
def change() -> ResponseReturnValue:
    """Apply a transition to every selected post that allows it, and report their number."""
    wanted = request.form.get("action", "")
    if wanted not in STEPS:
        raise Invalid("This button is unknown. Use one of the buttons below the list.")
    step, participle = STEPS[wanted]
    if wanted == "return":
        step = partial(step, note=review.checked_note(request.form.get("note", "")))
    posts = db.session.scalars(queries.to_change(_chosen())).all()
    refusals = Counter(_attempt(step, post, by=current_user(), at=clock.now()) for post in posts)
    done = refusals.pop(None, 0)
    db.session.commit()
    _report(done, participle, refusals)
    return redirect_back(url_for("posts_admin.index"))


def _chosen() -> set[int]:
    given = request.form.getlist("post")
    chosen = {int(value) for value in given if value.isascii() and value.isdigit() and len(value) < 20}
    return {post_id for post_id in chosen if post_id <= GREATEST_ID}


def _attempt(step: Callable[..., None], post: Post, *, by: User, at: datetime) -> str | None:
    """Apply the transition; return the reason if that is impossible."""
    try:
        step(post, by=by, at=at)
    except DomainError as error:
        return error.message
    return None


def _report(done: int, participle: str, refusals: Counter[str | None]) -> None:
    if not done and not refusals:
        flash("Select at least one post first.", "warning")
        return
    flash(f"{done} {'post' if done == 1 else 'posts'} {participle}.")
    for reason, count in refusals.items():
        flash(f"{count} {'post was' if count == 1 else 'posts were'} left as before: {reason}", "warning")
