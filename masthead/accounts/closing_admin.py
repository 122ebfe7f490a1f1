"""Deleting somebody's account, for administrators: a page that asks what becomes of posts and comments."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.accounts import closing, queries
from masthead.accounts.access import current_user, requires
from masthead.accounts.fates import Fate
from masthead.accounts.forms import AccountDeletionForm
from masthead.accounts.freshness import freshly_signed_in
from masthead.accounts.models import User
from masthead.accounts.permissions import Permission
from masthead.db import db
from masthead.errors import Invalid
from masthead.web.forms import redisplays_expired_form

bp = Blueprint("closing_admin", __name__)


@bp.route("/<int:user_id>/delete", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
@freshly_signed_in
@redisplays_expired_form
def delete(user_id: int) -> ResponseReturnValue:
    """Delete an account for good; the page says what becomes of its posts and comments."""
    user, by = queries.get(user_id), queries.get(current_user().id)
    closing.check_can_close(user, by=by)
    form = _form(user)
    if form.validate_on_submit():
        name, fate = user.display_name, Fate(form.content.data)
        try:
            closing.close(
                user,
                posts=fate,
                comments=fate.of_comments,
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
            return redirect(url_for("accounts_admin.index"), code=303)
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/delete_account.html", form=form, user=user), status


def _form(user: User) -> AccountDeletionForm:
    form = AccountDeletionForm()
    heirs = closing.possible_heirs(user)
    form.heir.choices = [("", "Nobody yet"), *((person.username, person.display_name) for person in heirs)]
    return form
