"""Registering, signing in and out, and one's own profile."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from masthead import clock
from masthead.accounts import access, actions, authentication, passwords, queries
from masthead.accounts.access import current_user, signed_in
from masthead.accounts.errors import EmailTaken
from masthead.accounts.forms import LoginForm, ProfileForm, RegistrationForm
from masthead.db import db
from masthead.errors import Invalid, NotAllowed
from masthead.web.access import public
from masthead.web.forms import redisplays_expired_form
from masthead.web.redirection import redirect_back

bp = Blueprint("accounts", __name__)


@bp.route("/register", methods=["GET", "POST"])
@public
@redisplays_expired_form
def register() -> ResponseReturnValue:
    """Make an account. The answer does not say whether the address already had one."""
    if current_app.config["REGISTRATION"] != "open":
        raise NotAllowed("New accounts are made by invitation only here. Ask the editors for one.")
    form = RegistrationForm()
    if form.validate_on_submit():
        try:
            actions.register(
                username=form.username.data or "",
                email=form.email.data or "",
                password_hash=passwords.hash_password(form.password.data or ""),
                at=clock.now(),
            )
        except EmailTaken:
            db.session.rollback()
            return redirect(url_for("accounts.registered"), code=303)
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            return redirect(url_for("accounts.registered"), code=303)
    return render_template("accounts/register.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/registered")
@public
def registered() -> ResponseReturnValue:
    """Say what to do after registering."""
    return render_template("accounts/registered.html")


@bp.route("/login", methods=["GET", "POST"])
@public
@redisplays_expired_form
def login() -> ResponseReturnValue:
    """Sign in with e-mail address and password."""
    if access.visitor() is not None:
        return redirect_back(url_for("dashboard.index"))
    form = LoginForm()
    if form.validate_on_submit():
        user = authentication.verified(form.email.data or "", form.password.data or "")
        if user is not None:
            if passwords.is_outdated(user.password_hash or ""):
                actions.renew_password_hash(user, passwords.hash_password(form.password.data or ""))
                db.session.commit()
            # A session that somebody planted in this browser must not become a signed-in one.
            session.clear()
            login_user(user, remember=bool(form.remember.data))
            return redirect_back(url_for("dashboard.index"))
        form.form_errors.append("The e-mail address or the password is not right. Check both, and try again.")
    return render_template("accounts/login.html", form=form), 422 if form.is_submitted() else 200


@bp.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """Sign out."""
    # First the session, then Flask-Login, which leaves the order to drop the "remember me" cookie in it.
    session.clear()
    logout_user()
    flash("You are signed out.")
    return redirect(url_for("site.home"), code=303)


@bp.route("/profile", methods=["GET", "POST"])
@signed_in
@redisplays_expired_form
def profile() -> ResponseReturnValue:
    """Show and change one's own profile."""
    user = queries.get(current_user().id)
    form = ProfileForm(obj=user)
    if form.validate_on_submit():
        actions.update_profile(
            user, name=form.name.data or "", bio=form.bio.data or "", website=form.website.data or "", by=user
        )
        db.session.commit()
        flash("Your profile is saved.")
        return redirect(url_for("accounts.profile"), code=303)
    return render_template(
        "accounts/profile.html", form=form, user=user
    ), 422 if request.method == "POST" else 200
