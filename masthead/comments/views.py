"""Pages on which authors change and delete their comments. `site` owns creation, because its page shows the form."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.comments import actions, queries
from masthead.comments.errors import EditWindowClosed
from masthead.comments.forms import CommentTextForm
from masthead.comments.lifecycle import CommentTransition
from masthead.comments.links import comment_url, discussion_url
from masthead.comments.models import Comment
from masthead.comments.permissions import EDIT_WINDOW, can_revise
from masthead.db import db
from masthead.errors import NotAllowed
from masthead.people.access import current_user, requires, signed_in
from masthead.people.permissions import Permission
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.middleware import body_limits

bp = Blueprint("comments", __name__)


@bp.get("/<int:comment_id>/edit")
@requires(Permission.COMMENT)
def edit(comment_id: int) -> ResponseReturnValue:
    """Show the form for one's own comment."""
    comment = _own(comment_id)
    if not can_revise(current_user(), comment, at=clock.now()):
        raise EditWindowClosed
    return _edit_page(CommentTextForm(body=comment.body), comment)


@bp.post("/<int:comment_id>/edit")
@requires(Permission.COMMENT)
@redisplays_expired_form
@body_limits.takes(body_limits.LONG_FORM_BYTES)
def save(comment_id: int) -> ResponseReturnValue:
    """Change one's own comment."""
    form = CommentTextForm()
    text = form.rendered()
    comment = _own(comment_id)
    if text is None:
        return _edit_page(form, comment), 422
    try:
        actions.revise(comment, text, by=current_user(), at=clock.now())
    except EditWindowClosed as error:
        db.session.rollback()
        form.show(error)
        return _edit_page(form, _own(comment_id)), 403
    db.session.commit()
    return redirect(comment_url(comment, comment.post), code=303)


def _own(comment_id: int) -> Comment:
    comment = queries.get(comment_id, reader=current_user())
    if comment.author_id != current_user().id:
        raise NotAllowed("Only its author can change or delete a comment here.")
    return comment


def _edit_page(form: CommentTextForm, comment: Comment) -> str:
    until = comment.created_at + EDIT_WINDOW
    return render_template("comments/edit.html", form=form, comment=comment, until=until)


@bp.get("/<int:comment_id>/delete")
@signed_in
def delete(comment_id: int) -> ResponseReturnValue:
    """Ask for confirmation before deleting one's own comment."""
    return render_template("comments/delete.html", comment=_own(comment_id))


@bp.post("/<int:comment_id>/delete")
@signed_in
def remove(comment_id: int) -> ResponseReturnValue:
    """Delete one's own comment."""
    comment = _own(comment_id)
    actions.take(CommentTransition.DELETE, [comment], by=current_user(), at=clock.now())
    db.session.commit()
    flash("Your comment is deleted.")
    return redirect(discussion_url(comment.post), code=303)
