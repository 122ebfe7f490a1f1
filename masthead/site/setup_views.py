"""The set-up: a one-time link that creates the administrator, names the publication and writes its first texts."""

import hashlib
import hmac
import secrets
from dataclasses import asdict

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.errors import Conflict, Invalid, Mistakes, NotFound
from masthead.login import passwords, session_auth
from masthead.login.validation import has_account, validate
from masthead.pages import actions as pages
from masthead.people import actions as accounts
from masthead.people import queries as people
from masthead.people.models import User
from masthead.people.permissions import ADMINISTRATOR
from masthead.posts import actions as posts
from masthead.settings import actions as settings
from masthead.settings import navigation
from masthead.settings.queries import value
from masthead.site import first_texts
from masthead.site.forms import SetupForm
from masthead.text.names import tidy_name
from masthead.web.access import public
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others

bp = Blueprint("setup", __name__)

TOKEN_SETTING = "setup_token_hash"  # noqa: S105 (the name of a setting)


def issue_token() -> str | None:
    """Return a new token for the set-up link, and void the previous one; None if an account exists."""
    if not people.is_empty():
        return None
    token = secrets.token_urlsafe(24)
    settings.put(TOKEN_SETTING, _hash(token))
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@bp.get("/setup")
@public
def start() -> ResponseReturnValue:
    """Show the set-up form behind the link that the server prints at its first start."""
    _hash_of_link()
    return render_template("site/setup.html", form=SetupForm())


@bp.post("/setup")
@public
@redisplays_expired_form
def finish() -> ResponseReturnValue:
    """Set the publication up, with the link that the server printed."""
    token_hash, form = _hash_of_link(), SetupForm()
    if form.validate():
        try:
            administrator = _set_up(form, token_hash)
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            session_auth.sign_in(administrator, remember=True, way="set-up link")
            db.session.commit()
            flash("Your publication is ready. Welcome.")
            return redirect(url_for("site.home"), code=303)
    show_others(form, lambda: _mistakes(form))
    return render_template("site/setup.html", form=form), 422


def _mistakes(form: SetupForm) -> tuple[Invalid, ...]:
    said = form.right("title", "username", "email", "password")
    mistakes = Mistakes(validate(said, is_taken=has_account))
    with mistakes:
        settings.check_title(said.get("title"))
    return mistakes.found


def _hash_of_link() -> str:
    """Return the hash of the link's token; raises `NotFound` unless the server printed it last."""
    token_hash = _hash(request.args.get("token", ""))
    stored = value(TOKEN_SETTING)
    db.session.rollback()
    if not isinstance(stored, str) or not hmac.compare_digest(stored, token_hash):
        raise NotFound(
            "This set-up link is not valid, or was used already. Start the server again for a new one."
        )
    return token_hash


def _set_up(form: SetupForm, token_hash: str) -> User:
    """Create everything that the form asks for, in one transaction."""
    title = tidy_name(form.title.data or "")
    username, email = form.username.data or "", form.email.data or ""
    password_hash = passwords.hash_password(form.password.data or "", about=(username, email))
    about = render_text(title="About", slug="about", body=first_texts.about(title))
    welcome = render_text(**first_texts.welcome(title, site_url=current_app.config["SITE_URL"]))
    at = clock.now()
    # One of two people with the same link gets here first; the other finds the token gone.
    if not settings.take(TOKEN_SETTING, token_hash):
        raise Conflict("This set-up link was used a moment ago.")
    administrator = accounts.register(
        username=username,
        email=email,
        password_hash=password_hash,
        at=at,
        role=people.role(ADMINISTRATOR),
        # The server itself issued the link.
        is_confirmed=True,
    )
    settings.change(
        administrator,
        title=title,
        accent=form.accent.data,
        navigation=[asdict(link) for link in navigation.STARTER],
    )
    page = pages.create(about, by=administrator, at=at)
    pages.publish(page, by=administrator, at=at)
    post = posts.create(welcome, by=administrator, at=at)
    posts.publish(post, by=administrator, at=at)
    return administrator
