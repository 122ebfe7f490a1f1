"""Recovering an account and confirming an email address, with one-time links.

Opening a link changes nothing, since mail scanners open every link; its page has a button that does.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead import jobs
from masthead.db import db
from masthead.errors import Invalid
from masthead.login import authentication, email_ownership, one_time_links, passwords, tasks
from masthead.login.forms import ConfirmEmailForm, EmailForm, NewPasswordForm
from masthead.login.models import AccountToken
from masthead.login.one_time_links import Purpose
from masthead.mail import delivery
from masthead.people import queries
from masthead.people.models import User
from masthead.web.access import public
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.limits import throttling

bp = Blueprint("recovery", __name__)


@bp.get("/forgot")
@public
def forgot() -> ResponseReturnValue:
    """Show the form for a forgotten password."""
    return _page("forgot", EmailForm(), 200, mail_is_on=delivery.is_on())


@bp.post("/forgot")
@public
@redisplays_expired_form
def ask() -> ResponseReturnValue:
    """Send a link to set a new password. The answer does not reveal whether the account exists."""
    form = EmailForm()
    if form.validate():
        throttling.count("letter_requests", throttling.caller())
        email = form.email.data or ""
        # Beyond the email limit nothing is sent, and the answer does not reveal that.
        if throttling.is_free("letters", Purpose.RESET, queries.email_key(email)):
            user = queries.by_email(email)
            token = one_time_links.create(Purpose.RESET, user=user)
            db.session.flush()
            jobs.enqueue(tasks.send_link, token.id)
        db.session.commit()
        return redirect(url_for("recovery.asked"), code=303)
    return _page("forgot", form, 422, mail_is_on=delivery.is_on())


@bp.get("/forgot/sent")
@public
def asked() -> ResponseReturnValue:
    """Explain the next step, with the same text for everybody."""
    return render_template("accounts/forgot_sent.html")


@bp.get("/reset/<token>")
@public
def reset(token: str) -> ResponseReturnValue:
    """Show the form for a new password."""
    _account_of(Purpose.RESET, token)
    return _page("reset", NewPasswordForm(), 200)


@bp.post("/reset/<token>")
@public
@redisplays_expired_form
def set_password(token: str) -> ResponseReturnValue:
    """Set a new password with a one-time link."""
    user = _account_of(Purpose.RESET, token)
    form = NewPasswordForm()
    if form.validate():
        try:
            hashed = passwords.hash_password(
                form.password.data or "", about=(user.username, user.email or "", user.name)
            )
        except Invalid as error:
            form.show(error)
        else:
            person = queries.get_for_update(user.id)
            one_time_links.consume(Purpose.RESET, token)
            email_ownership.reset_password(person, hashed)
            db.session.commit()
            flash(
                "Your new password is set. You are signed out everywhere, and your API tokens are revoked. "
                "Sign in with it."
            )
            return redirect(url_for("login.login"), code=303)
    return _page("reset", form, 422)


@bp.get("/confirm/<token>")
@public
def confirm(token: str) -> ResponseReturnValue:
    """Show the form that confirms an email address."""
    found = _look_at(Purpose.CONFIRM, token)
    return _confirm_page(found, 200)


@bp.post("/confirm/<token>")
@public
@redisplays_expired_form
def confirm_address(token: str) -> ResponseReturnValue:
    """Confirm the first or a new email address."""
    found = _look_at(Purpose.CONFIRM, token)
    form = ConfirmEmailForm()
    if form.validate():
        try:
            is_theirs = email_ownership.is_recognised(
                _account_of(Purpose.CONFIRM, token), form.password.data or ""
            )
        except Invalid as error:
            form.show(error)
        else:
            return _confirmed(found, token, is_theirs=is_theirs)
    return _confirm_page(found, 422, form)


def _confirmed(found: AccountToken, secret: str, *, is_theirs: bool) -> ResponseReturnValue:
    """Use up the link. People who did not prove that they set the password are led to set a new one."""
    user = queries.get_for_update(found.user_id or 0)
    one_time_links.consume(Purpose.CONFIRM, secret)
    link = email_ownership.confirm_address(user, found.email, is_theirs=is_theirs)
    db.session.commit()
    flash("Your address is confirmed.")
    if link is not None:
        return redirect(link, code=303)
    return redirect(url_for("login.login"), code=303)


def _confirm_page(
    found: AccountToken, status: int, form: ConfirmEmailForm | None = None
) -> ResponseReturnValue:
    user = authentication.account_of_token(found)
    asks = user.confirmed_at is None and not email_ownership.is_known_browser(user)
    form = form or ConfirmEmailForm(formdata=None)
    return _page("confirm", form, status, email=found.email, asks_for_password=asks)


def _look_at(purpose: Purpose, secret: str) -> AccountToken:
    """Return the token, read in a snapshot without a lock."""
    return authentication.token_with(purpose, secret)


def _account_of(purpose: Purpose, secret: str) -> User:
    return authentication.account_of_token(_look_at(purpose, secret))


def _page(name: str, form: object, status: int, **context: object) -> ResponseReturnValue:
    return render_template(f"accounts/{name}.html", form=form, **context), status
