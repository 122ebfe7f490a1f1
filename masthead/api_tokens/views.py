"""Pages on which users create and revoke their personal tokens. Creating one needs recent authentication."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.api_tokens import personal_tokens
from masthead.api_tokens.forms import TokenForm
from masthead.db import db
from masthead.errors import DomainError
from masthead.people.access import current_user, signed_in
from masthead.people.forms import choice
from masthead.people.reauthentication import requires_reauthentication
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others

bp = Blueprint("personal_tokens", __name__)


@bp.get("/tokens")
@signed_in
def index() -> ResponseReturnValue:
    """List the user's tokens, with the form for a new one."""
    return _page(_form(), 200)


@bp.post("/tokens")
@signed_in
@requires_reauthentication
@redisplays_expired_form
def create() -> ResponseReturnValue:
    """Create a token, and show it once."""
    form = _form()
    if form.validate():
        try:
            token, secret = personal_tokens.create(
                current_user(), name=form.name.data or "", scopes=form.scopes.data or [], days=form.days.data
            )
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            page = render_template("accounts/token_made.html", token=token, secret=secret)
            return page, {"Cache-Control": "no-store"}
    said = form.right("name", "scopes")
    show_others(
        form, lambda: personal_tokens.validate(current_user(), said | {"scopes": said.get("scopes") or []})
    )
    return _page(form, 422)


@bp.post("/tokens/<int:token_id>/revoke")
@signed_in
def revoke(token_id: int) -> ResponseReturnValue:
    """Revoke a token. Revoking needs no recent authentication."""
    personal_tokens.revoke(current_user(), token_id)
    db.session.commit()
    flash("Token revoked. It no longer works.")
    return redirect(url_for("personal_tokens.index"), code=303)


def _form() -> TokenForm:
    form = TokenForm()
    form.scopes.choices = [
        choice(scope, f"{personal_tokens.SCOPES[scope][0]} ({scope})")
        for scope in personal_tokens.available_scopes(current_user())
    ]
    return form


def _page(form: TokenForm, status: int) -> ResponseReturnValue:
    held = list(db.session.scalars(personal_tokens.owned_by(current_user())))
    page = render_template("accounts/tokens.html", form=form, tokens=held, now=clock.now())
    return page, status
