"""Pages on which administrators delete an account, and choose the policy for its posts and comments."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.account_deletion import actions
from masthead.account_deletion.content_policy import ContentPolicy
from masthead.account_deletion.forms import AccountDeletionForm
from masthead.db import db
from masthead.errors import Invalid
from masthead.people import queries
from masthead.people.access import current_user, requires
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.people.reauthentication import requires_reauthentication
from masthead.web.forms.base import redisplays_expired_form

bp = Blueprint("account_deletion_admin", __name__)


@bp.get("/<int:user_id>/delete")
@requires(Permission.MANAGE_USERS)
@requires_reauthentication
def delete(user_id: int) -> ResponseReturnValue:
    """Show the form that deletes an account."""
    user = queries.get(user_id)
    actions.check_can_delete(user, by=queries.get(current_user().id))
    return render_template("accounts/delete_account.html", form=_form(user), user=user)


@bp.post("/<int:user_id>/delete")
@requires(Permission.MANAGE_USERS)
@requires_reauthentication
@redisplays_expired_form
def remove(user_id: int) -> ResponseReturnValue:
    """Delete an account permanently."""
    user, by = queries.get(user_id), queries.get(current_user().id)
    actions.check_can_delete(user, by=by)
    form = _form(user)
    if form.validate():
        name, policy = user.display_name, ContentPolicy(form.content.data)
        try:
            actions.delete_now(
                user,
                posts=policy,
                comments=policy.for_comments,
                heir=form.heir.data or "",
                by=by,
                at=clock.now(),
            )
        except Invalid as error:
            db.session.rollback()
            user = queries.get(user_id)
            form = _form(user)
            form.show(error)
        else:
            db.session.commit()
            flash(f"The account of {name} is deleted.")
            return redirect(url_for("user_admin.index"), code=303)
    return render_template("accounts/delete_account.html", form=form, user=user), 422


def _form(user: User) -> AccountDeletionForm:
    form = AccountDeletionForm()
    recipients = actions.possible_recipients(user)
    form.heir.choices = [
        ("", "Nobody yet"),
        *((person.username, person.display_name) for person in recipients),
    ]
    return form
