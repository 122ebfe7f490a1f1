"""Changes of many posts: the question, the result of each post, and undo."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.db import GREATEST_ID, db
from masthead.errors import Conflict, Invalid
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import bylines
from masthead.posts.bulk import abandoned, actions, queries, read_models, recipients
from masthead.posts.bulk.actions import BulkOrder
from masthead.posts.bulk.models import BulkAction
from masthead.posts.bulk.queries import ChosenPost
from masthead.posts.forms.bulk import BulkForm
from masthead.posts.lists.desk_filters import suggested_tags
from masthead.tags import actions as tags
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.safe_redirects import redirect_back

bp = Blueprint("posts_bulk", __name__)


@bp.post("/bulk")
@requires(Permission.WRITE)
@redisplays_expired_form
def change() -> ResponseReturnValue:
    """Ask before the selected posts are changed; after the confirmation, start the job."""
    action, by = _action(), current_user()
    posts = queries.with_ids(_chosen(), reader=by)
    if not posts:
        flash("Select at least one post first.", "warning")
        return redirect_back(url_for("posts_desk.my_posts"))
    actions.check(BulkOrder(action), len(posts), by=by)
    form = BulkForm()
    if "confirmed" not in request.form or not form.validate():
        return _question(form, action, posts, 422 if "confirmed" in request.form else 200)
    try:
        order = _order(form, action)
        change_id = actions.start(order, posts, by=by, at=clock.now()).id
    except Invalid as error:
        db.session.rollback()
        form.show(error)
        return _question(form, action, posts, 422)
    db.session.commit()
    return redirect(url_for("posts_bulk.show", change_id=change_id), code=303)


def _action() -> BulkAction:
    try:
        return BulkAction(request.form.get("action", ""))
    except ValueError:
        raise Invalid("This button is unknown. Use one of the buttons below the list.") from None


def _chosen() -> set[int]:
    given = request.form.getlist("post")
    chosen = {int(value) for value in given if value.isascii() and value.isdigit() and len(value) < 20}
    return {post_id for post_id in sorted(chosen)[: actions.MOST_POSTS + 1] if post_id <= GREATEST_ID}


def _order(form: BulkForm, action: BulkAction) -> BulkOrder:
    recipient = recipients.by_username(form.author.data or "") if action is BulkAction.HAND_OVER else None
    names = tags.parse(form.tags.data or "") if action is BulkAction.TAG else ()
    return BulkOrder(action, names, recipient)


def _question(
    form: BulkForm, action: BulkAction, posts: Sequence[ChosenPost], status: int
) -> ResponseReturnValue:
    page = render_template(
        "posts/bulk_question.html",
        form=form,
        question=read_models.question(action, len(posts)),
        posts=posts,
        people=bylines.suggestions() if action is BulkAction.HAND_OVER else [],
        tags=suggested_tags(current_user()) if action is BulkAction.TAG else [],
    )
    return page, status


@bp.get("/bulk/<int:change_id>")
@requires(Permission.WRITE)
def show(change_id: int) -> ResponseReturnValue:
    """Show the progress and the result of one's own change of many posts."""
    by = current_user()
    found = abandoned.read(change_id, owner=by)
    post_ids = [item.post_id for item in found.items if item.post_id is not None]
    editable = queries.editable_among(post_ids, by=by)
    return render_template("posts/bulk_result.html", result=read_models.result(found, editable))


@bp.post("/bulk/<int:change_id>/undo")
@requires(Permission.WRITE)
def undo(change_id: int) -> ResponseReturnValue:
    """Take back what nobody has changed since."""
    found = queries.get(change_id, owner=current_user())
    try:
        actions.start_undo(found.id, by=current_user())
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "warning")
    else:
        db.session.commit()
    return redirect(url_for("posts_bulk.show", change_id=change_id), code=303)
