"""Pages for registering, signing in and out, and the user's own profile."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import audit
from masthead.db import db
from masthead.errors import Invalid, NotAllowed
from masthead.login import actions as login_actions
from masthead.login import (
    authentication,
    email_ownership,
    login_throttling,
    passwords,
    registration,
    session_auth,
    two_factor_challenge,
)
from masthead.login.forms import LoginForm, RegistrationForm
from masthead.login.login_throttling import Attempt
from masthead.login.validation import validate, validate_registration
from masthead.login.views.two_factor import login_page
from masthead.mail import delivery
from masthead.people import access, actions, notifications, queries
from masthead.people.access import current_user, signed_in
from masthead.people.forms import ProfileForm
from masthead.people.models import User
from masthead.web.access import public
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others
from masthead.web.safe_redirects import local_path, redirect_back

bp = Blueprint("login", __name__)

WRONG = "The email address or the password is not right. Check both, and try again."
#: Every wrong password gets this hint, so that it does not reveal an unconfirmed account.
NOT_YET = "If your account is new, open the link in our email first."
NO_REGISTRATION = {
    "invite": "New accounts are made by invitation only here. Ask the editors for one.",
    "closed": "This publication takes no new accounts at present.",
}


@bp.get("/register")
@public
def register() -> ResponseReturnValue:
    """Show the registration form."""
    if access.visitor() is not None:
        return redirect_back(url_for("dashboard.index"))
    _check_registration()
    return render_template("accounts/register.html", form=RegistrationForm())


@bp.post("/register")
@public
@redisplays_expired_form
def make_account() -> ResponseReturnValue:
    """Register. The answer does not reveal whether the address had an account already."""
    if access.visitor() is not None:
        return redirect_back(url_for("dashboard.index"))
    _check_registration()
    form = RegistrationForm()
    if form.validate():
        registration.count_attempt()
        try:
            password_hash = registration.register(
                username=form.username.data or "",
                email=form.email.data or "",
                password=form.password.data or "",
            )
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            email_ownership.remember_registration(password_hash)
            return redirect(url_for("login.registered"), code=303)
    show_others(form, lambda: validate_registration(form.right("username", "email", "password")))
    return render_template("accounts/register.html", form=form), 422


def _check_registration() -> None:
    """Raise `NotAllowed` unless everybody can make an account."""
    if current_app.config["REGISTRATION"] != "open":
        raise NotAllowed(NO_REGISTRATION[current_app.config["REGISTRATION"]])


@bp.get("/registered")
@public
def registered() -> ResponseReturnValue:
    """Explain the next step after registering."""
    return render_template("accounts/registered.html", mail_is_on=delivery.is_on())


@bp.get("/login")
@public
def login() -> ResponseReturnValue:
    """Show the sign-in form."""
    if access.visitor() is not None:
        return redirect_back(url_for("dashboard.index"))
    return login_page(LoginForm())


@bp.post("/login")
@public
@redisplays_expired_form
def sign_in() -> ResponseReturnValue:
    """Sign in with email address and password."""
    if access.visitor() is not None:
        return redirect_back(url_for("dashboard.index"))
    form = LoginForm()
    if form.validate():
        attempt = login_throttling.begin(form.email.data or "")
        user = authentication.verify_password(form.email.data or "", form.password.data or "")
        if user is not None:
            return _let_in(user, form, attempt)
        audit.record("sign_in.failed", by=None, subject=form.email.data or "")
        db.session.commit()
        form.refuse(f"{WRONG} {NOT_YET}" if delivery.is_on() else WRONG)
    return login_page(form), 422


def _let_in(user: User, form: LoginForm, attempt: Attempt) -> ResponseReturnValue:
    """Sign the user in after a correct password, or start the two-factor challenge."""
    remember = bool(form.remember.data)
    if passwords.is_outdated(user.password_hash or "", form.password.data or ""):
        rehashed = passwords.rehash(form.password.data or "")
        login_actions.renew_password_hash(user, rehashed)
        user.password_hash = rehashed
    if queries.has_second_factor(user.id):
        attempt.take_back()
        two_factor_challenge.begin(user, remember=remember)
        db.session.commit()
        return redirect(
            url_for("two_factor.second_step", next=local_path(request.values.get("next"))), code=303
        )
    attempt.succeeded()
    session_auth.sign_in(user, remember=remember)
    db.session.commit()
    return redirect_back(url_for("dashboard.index"))


@bp.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """Sign out."""
    session_auth.sign_out()
    db.session.commit()
    flash("You are signed out.")
    return redirect(url_for("site.home"), code=303)


@bp.get("/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """Show the profile form."""
    user = queries.get(current_user().id)
    return _profile_page(ProfileForm(obj=user), user)


@bp.post("/profile")
@signed_in
@redisplays_expired_form
def save_profile() -> ResponseReturnValue:
    """Save the profile."""
    user = queries.get(current_user().id)
    form = ProfileForm(obj=user)
    if form.validate():
        try:
            actions.update_profile(user, by=user, **form.changes(user))
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash("Your profile is saved.")
            return redirect(url_for("login.profile"), code=303)
    show_others(form, lambda: validate(form.right("name", "avatar"), user=user))
    user = queries.get(current_user().id)
    return _profile_page(form, user), 422


def _profile_page(form: ProfileForm, user: User) -> str:
    choices = notifications.choices_of(user)
    return render_template("accounts/profile.html", form=form, user=user, choices=choices)


@bp.post("/profile/emails")
@signed_in
def choose_emails() -> ResponseReturnValue:
    """Save the choice of notification emails."""
    user = queries.get(current_user().id)
    wanted = set(request.form.getlist("emails"))
    choices = {kind: kind.value in wanted for kind in notifications.choices_of(user)}
    actions.choose_emails(user, choices, by=user)
    db.session.commit()
    flash("Your email settings are saved.")
    return redirect(url_for("login.profile"), code=303)
