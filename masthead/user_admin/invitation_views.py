"""Accepting an invitation with its one-time link. Opening the link changes nothing; the form makes the account."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.db import db
from masthead.errors import Invalid, NotAllowed
from masthead.login import actions as login_actions
from masthead.login import authentication, one_time_links, passwords
from masthead.login.models import AccountToken
from masthead.login.one_time_links import Purpose
from masthead.login.validation import validate_registration
from masthead.people import actions, queries
from masthead.people.permissions import READER
from masthead.user_admin import invitations
from masthead.user_admin.forms import AcceptInvitationForm
from masthead.web.access import public
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others

bp = Blueprint("invitations", __name__)


@bp.get("/invitation/<token>")
@public
def accept(token: str) -> ResponseReturnValue:
    """Show the form for the account that one was invited to."""
    return _page(AcceptInvitationForm(), 200, _invitation(token).email)


@bp.post("/invitation/<token>")
@public
@redisplays_expired_form
def join(token: str) -> ResponseReturnValue:
    """Create the account that one was invited to."""
    email, form = _invitation(token).email, AcceptInvitationForm()
    if form.validate():
        try:
            _make_invited(form, token, email)
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash("Your account is ready. Sign in with the password that you chose.")
            return redirect(url_for("login.login"), code=303)
    show_others(form, lambda: validate_registration(form.right("username", "password")))
    return _page(form, 422, email)


def _invitation(token: str) -> AccountToken:
    """Return the invitation of this link; raises `NotFound` or `NotAllowed` if it is not valid any more."""
    if current_app.config["REGISTRATION"] == "closed":
        raise NotAllowed("This publication takes no new accounts at present.")
    invitation = authentication.token_with(Purpose.INVITE, token)
    invitations.check_inviter(invitation)
    return invitation


def _make_invited(form: AcceptInvitationForm, token: str, email: str) -> None:
    username = form.username.data or ""
    hashed = passwords.hash_password(form.password.data or "", about=(username, email))
    used = one_time_links.consume(Purpose.INVITE, token)
    invitations.check_inviter_and_lock(used)
    role = queries.role_with_id(used.role_id) if used.role_id is not None else queries.role(READER)
    occupied = queries.by_email(used.email)
    if occupied is not None and occupied.is_unconfirmed:
        person = queries.get_for_update(occupied.id)
        if person.is_unconfirmed:
            login_actions.take_over(
                person, username=username, password_hash=hashed, role=role, at=clock.now()
            )
            return
    # The link came by email to this address, or from the inviter, so the address counts as confirmed.
    actions.register(
        username=username,
        email=used.email,
        password_hash=hashed,
        at=clock.now(),
        role=role,
        is_confirmed=True,
    )


def _page(form: AcceptInvitationForm, status: int, email: str) -> ResponseReturnValue:
    return render_template("accounts/accept.html", form=form, email=email), status
