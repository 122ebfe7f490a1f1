"""Pages for one's own password, email address and devices."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import audit, clock, jobs
from masthead.db import db
from masthead.errors import Invalid, Mistakes
from masthead.login import actions as login_actions
from masthead.login import one_time_links, passwords, session_auth, sessions, tasks
from masthead.login.forms import ChangeEmailForm, ChangePasswordForm
from masthead.login.one_time_links import Purpose
from masthead.mail import delivery
from masthead.mfa import passkeys
from masthead.mfa import queries as mfa_queries
from masthead.people import queries, validation
from masthead.people.access import current_user, signed_in
from masthead.people.models import User
from masthead.people.reauthentication import requires_reauthentication
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others
from masthead.web.limits import throttling

bp = Blueprint("security", __name__)

WRONG_PASSWORD = "This is not your current password. Check it, and try again."  # noqa: S105 - a sentence


@bp.get("/security")
@signed_in
def overview() -> ResponseReturnValue:
    """Show the sign-in settings."""
    return _page(ChangePasswordForm(formdata=None), ChangeEmailForm(formdata=None), 200)


@bp.post("/security/password")
@signed_in
@redisplays_expired_form
def change_password() -> ResponseReturnValue:
    """Change the password, and sign out every other device."""
    form = ChangePasswordForm()
    user = current_user()
    if form.validate():
        try:
            _prove(user, form.current_password.data or "")
            hashed = passwords.hash_password(
                form.password.data or "", about=(user.username, user.email or "", user.name)
            )
        except Invalid as error:
            form.show(error)
        else:
            sessions.lock_password(user)
            person = queries.get(user.id)
            login_actions.set_password_hash(person, hashed, by=user)
            if form.end_tokens.data:
                login_actions.end_tokens(person, by=user)
            session_auth.renew_session(person)
            db.session.commit()
            flash("Your password is changed, and every other device is signed out.")
            return redirect(url_for("security.overview"), code=303)
    show_others(form, lambda: _mistakes_of_passwords(form, user))
    return _page(form, ChangeEmailForm(formdata=None), 422)


def _mistakes_of_passwords(form: ChangePasswordForm, user: User) -> tuple[Invalid, ...]:
    mistakes, said = Mistakes(), form.right("current_password", "password")
    with mistakes:
        if "current_password" in said:
            _prove(user, said["current_password"])
    with mistakes:
        if "password" in said:
            passwords.check(said["password"], about=(user.username, user.email or "", user.name))
    return mistakes.found


@bp.post("/security/address")
@signed_in
@requires_reauthentication
@redisplays_expired_form
def change_address() -> ResponseReturnValue:
    """Change the email address: at once if mail is off, otherwise with a link in an email."""
    form = ChangeEmailForm()
    user = current_user()
    if form.validate():
        try:
            email = validation.normalize_email(form.email.data or "")
            _prove(user, form.current_password.data or "")
            _ask_for(user, email)
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            return redirect(url_for("security.overview"), code=303)
    show_others(form, lambda: _mistakes_of_address(form, user))
    return _page(ChangePasswordForm(formdata=None), form, 422)


def _mistakes_of_address(form: ChangeEmailForm, user: User) -> tuple[Invalid, ...]:
    mistakes, said = Mistakes(), form.right("current_password", "email")
    with mistakes:
        if "email" in said:
            validation.normalize_email(said["email"])
    with mistakes:
        if "current_password" in said:
            _prove(user, said["current_password"])
    return mistakes.found


def _ask_for(user: User, email: str) -> None:
    if not delivery.is_on():
        login_actions.change_email(queries.get(user.id), email, by=user, at=clock.now(), is_confirmed=False)
        flash("Your address is changed.")
        return
    if throttling.is_free("letters", Purpose.CONFIRM, queries.email_key(email)):
        token = one_time_links.create(Purpose.CONFIRM, user=user, email=email)
        db.session.flush()
        jobs.enqueue(tasks.send_link, token.id)
    flash("Check the inbox of the new address, and open the link in the email to confirm the change.")


@bp.post("/security/confirm")
@signed_in
def send_confirmation() -> ResponseReturnValue:
    """Send the confirmation email again."""
    user = current_user()
    may_ask = user.email and not user.confirmed_at
    if may_ask and throttling.is_free("letters", Purpose.CONFIRM, queries.email_key(user.email or "")):
        token = one_time_links.create(Purpose.CONFIRM, user=user, email=user.email or "")
        db.session.flush()
        jobs.enqueue(tasks.send_link, token.id)
        db.session.commit()
    flash("Check your inbox, and open the link in the email within an hour.")
    return redirect(url_for("security.overview"), code=303)


@bp.get("/sessions")
@signed_in
def devices() -> ResponseReturnValue:
    """List the devices on which the user is signed in."""
    logins = list(db.session.scalars(sessions.active_sessions(current_user())))
    return render_template(
        "accounts/sessions.html",
        logins=logins,
        present=session_auth.current_login().id,
    )


@bp.post("/sessions/<int:login_id>/end")
@signed_in
def end(login_id: int) -> ResponseReturnValue:
    """Sign out one device."""
    user = current_user()
    sessions.end(user, login_id)
    audit.record("session.ended", by=user, subject=user.username)
    db.session.commit()
    flash("The device is signed out.")
    return redirect(url_for("security.devices"), code=303)


@bp.post("/sessions/end")
@signed_in
def end_others() -> ResponseReturnValue:
    """Sign out every other device."""
    user = current_user()
    sessions.end_all(user, but=session_auth.current_login().id)
    audit.record("sessions.ended", by=user, subject=user.username)
    ends_tokens = "end_tokens" in request.form
    if ends_tokens:
        login_actions.end_tokens(user, by=user)
    db.session.commit()
    flash(f"Every other device is signed out{', and your API tokens are revoked' if ends_tokens else ''}.")
    return redirect(url_for("security.devices"), code=303)


def _prove(user: User, password: str) -> None:
    """Raise `Invalid` unless this is the user's password. Failures count like failed sign-ins."""
    bucket = ("sign_in", "proof", str(user.id))
    throttling.count(*bucket)
    if not passwords.is_correct(password, user.password_hash):
        raise Invalid(WRONG_PASSWORD, field="current_password")
    throttling.take_back(*bucket)


def _page(
    password_form: ChangePasswordForm, address_form: ChangeEmailForm, status: int
) -> ResponseReturnValue:
    user = current_user()
    page = render_template(
        "accounts/security.html",
        password_form=password_form,
        address_form=address_form,
        user=user,
        mail_is_on=delivery.is_on(),
        app=mfa_queries.authenticator_of(user.id),
        keys=list(db.session.scalars(mfa_queries.passkeys_of(user.id))),
        codes_left=mfa_queries.recovery_codes_left(user.id),
        passkeys_are_possible=passkeys.is_supported(),
    )
    return page, status
