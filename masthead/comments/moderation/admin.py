"""The moderation of comments below ``/admin/comments``."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from masthead import clock
from masthead.comments import actions, queries
from masthead.comments.forms import id_from
from masthead.comments.lifecycle import CommentTransition
from masthead.comments.links import comment_url, discussion_url
from masthead.comments.models import Comment, CommentStatus
from masthead.comments.moderation import buttons, read_models
from masthead.db import db, paginate
from masthead.errors import Invalid, NotFound
from masthead.media import markup
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web.paging import page_number

bp = Blueprint("comments_admin", __name__)

COMMENTS_PER_PAGE = 50
PARTICIPLES: dict[CommentTransition, str] = {
    CommentTransition.APPROVE: "approved",
    CommentTransition.REJECT: "marked as spam",
    CommentTransition.DELETE: "deleted",
    CommentTransition.RESTORE: "returned to pending",
    CommentTransition.UNAPPROVE: "returned to pending",
}


#: The session key of the last decision about pending comments, and the transition that undoes each decision.
LAST_DECISION = "last_decision"
UNDOING = {
    CommentTransition.APPROVE: CommentTransition.UNAPPROVE,
    CommentTransition.REJECT: CommentTransition.RESTORE,
    CommentTransition.DELETE: CommentTransition.RESTORE,
}


class Undo(NamedTuple):
    """A transition that undoes a decision, and its comments."""

    step: str
    comment_ids: list[int]


@bp.get("")
@requires(Permission.MODERATE)
def queue() -> ResponseReturnValue:
    """List the comments of a status; without a status, the pending ones."""
    status, by = _status(), current_user()
    counts = queries.counts_by_status(by)
    page = paginate(
        queries.queue(by, status),
        page=page_number(),
        per_page=COMMENTS_PER_PAGE,
        total=counts.get(status, 0),
    )
    waiting = counts.get(CommentStatus.PENDING, 0)
    markup.prefetch(comment.author.avatar for comment in page.items)
    return render_template(
        "comments/queue.html",
        page=page,
        rows=[read_models.queue_row(comment, by, waiting=waiting) for comment in page.items],
        filters=read_models.filters(status, counts),
        bulk_buttons=buttons.bulk_buttons(status),
        is_queue=status is CommentStatus.PENDING,
        # The buttons lead back here.
        here={"status": status.value, "page": page.number},
        values={"status": status.value},
        undo=_undo() if status is CommentStatus.PENDING else None,
    )


@bp.post("/<int:comment_id>/<any(approve, reject, delete, restore, unapprove):step>")
@requires(Permission.MODERATE)
def decide(comment_id: int, step: str) -> ResponseReturnValue:
    """Apply a transition to one comment; the address names the list to return to, or else the post's page."""
    status = _status() if "status" in request.args else None
    number = page_number()
    comment = queries.get_for_moderation(comment_id, by=current_user())
    taken = actions.take(CommentTransition(step), [comment], by=current_user(), at=clock.now())
    db.session.commit()
    _report(CommentTransition(step), asked=1, taken=len(taken))
    _remember(CommentTransition(step), taken)
    return _to_comment(comment) if status is None else _to_list(status, number)


@bp.post("")
@requires(Permission.MODERATE)
def decide_many() -> ResponseReturnValue:
    """Apply a transition to every selected comment."""
    status, number = _status(), page_number()
    step = _step("step")
    ids = _ids("comment_id")
    if not ids or step is None:
        flash("Select at least one comment first.", "warning")
        return _to_list(status, number)
    comments = queries.many_for_moderation(ids, by=current_user())
    taken = actions.take(step, comments, by=current_user(), at=clock.now())
    db.session.commit()
    _report(step, asked=len(ids), taken=len(taken))
    _remember(step, taken)
    return _to_list(status, number)


@bp.post("/undo")
@requires(Permission.MODERATE)
def undo() -> ResponseReturnValue:
    """Undo the last decision about pending comments."""
    step, ids = _step("undo_step"), _ids("undo_id")
    if step is None or step not in UNDOING.values() or not ids:
        raise Invalid("There is nothing to undo. Load the list again.")
    comments = queries.many_for_moderation(ids, by=current_user())
    taken = actions.take(step, comments, by=current_user(), at=clock.now())
    db.session.commit()
    _report(step, asked=len(ids), taken=len(taken))
    return _to_list(CommentStatus.PENDING, page_number())


def _remember(step: CommentTransition, taken: Sequence[Comment]) -> None:
    """Store the last decision, so that the pending list can offer to undo it."""
    if taken and step in UNDOING and request.args.get("status") == CommentStatus.PENDING:
        session[LAST_DECISION] = [UNDOING[step], *sorted(comment.id for comment in taken)]
    else:
        session.pop(LAST_DECISION, None)


def _undo() -> Undo | None:
    """Return the stored decision and remove it from the session."""
    last = session.pop(LAST_DECISION, None)
    return None if last is None else Undo(last[0], last[1:])


def _status() -> CommentStatus:
    try:
        return CommentStatus(request.args.get("status", CommentStatus.PENDING))
    except ValueError:
        raise NotFound("There is no such list of comments.") from None


def _step(name: str) -> CommentTransition | None:
    """Return the transition that the pressed button names; None for the button that the Enter key presses."""
    try:
        return CommentTransition(request.form[name]) if name in request.form else None
    except ValueError:
        raise Invalid("This button is unknown. Use one of the buttons below the list.") from None


def _ids(name: str) -> set[int]:
    given = request.form.getlist(name)
    ids = {number for number in map(id_from, given) if number is not None}
    if len(ids) != len(given) or len(ids) > COMMENTS_PER_PAGE:
        raise Invalid(
            "This selection cannot be read. Load the list again, and select the comments once more."
        )
    return ids


def _report(step: CommentTransition, *, asked: int, taken: int) -> None:
    """Flash the result, including how many comments others had moderated before."""
    if taken:
        flash(f"{_many(taken)} {PARTICIPLES[step]}.")
    if taken < asked:
        flash(f"{_many(asked - taken)} skipped: already moderated or deleted.", "warning")


def _many(count: int) -> str:
    return "1 comment is" if count == 1 else f"{count} comments are"


def _to_comment(comment: Comment) -> Response:
    is_shown = comment.status in {CommentStatus.APPROVED, CommentStatus.PENDING}
    place = comment_url(comment, comment.post) if is_shown else discussion_url(comment.post)
    return redirect(place, code=303)


def _to_list(status: CommentStatus, number: int) -> Response:
    """Redirect to the page of the list; to the last page, if the decision emptied it."""
    count = queries.counts_by_status(current_user()).get(status, 0)
    number = min(number, max(1, -(-count // COMMENTS_PER_PAGE)))
    page = number if number > 1 else None
    shown = status if status is not CommentStatus.PENDING else None
    return redirect(url_for("comments_admin.queue", status=shown, page=page), code=303)
