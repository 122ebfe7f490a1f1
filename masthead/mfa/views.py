"""Pages on which users manage their second factors. All of them need recent authentication."""

import json
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from masthead.db import db
from masthead.errors import Conflict, Invalid
from masthead.mfa import actions, encryption, passkeys, totp
from masthead.mfa.forms import AddPasskeyForm, AuthenticatorForm, PasskeyNameForm
from masthead.people.access import current_user, signed_in
from masthead.people.models import User
from masthead.people.reauthentication import requires_reauthentication
from masthead.people.user_agents import device_name
from masthead.settings.queries import publication
from masthead.web.forms.base import redisplays_expired_form

bp = Blueprint("mfa", __name__)

WRONG = "This code is not right. Check the clock of your device, then enter the code that the app shows now."


@bp.get("/authenticator")
@signed_in
@requires_reauthentication
def authenticator() -> ResponseReturnValue:
    """Show the QR code for setting up an authenticator app."""
    actions.check_confirmed(current_user())
    return _authenticator_page(AuthenticatorForm(), totp.new_secret(), 200)


@bp.post("/authenticator")
@signed_in
@requires_reauthentication
@redisplays_expired_form
def add_authenticator() -> ResponseReturnValue:
    """Set up an authenticator app, replacing an earlier one."""
    user = current_user()
    form = AuthenticatorForm()
    # The page carries the encrypted secret; it is stored when a code shows that the app works.
    secret = _opened(form.sealed.data, user) or totp.new_secret()
    if form.validate():
        step = totp.matching_step(secret, "".join((form.otp.data or "").split()))
        if step is not None:
            codes = actions.add_authenticator(user, secret, step=step)
            db.session.commit()
            return _added(codes, "Your authenticator app is set up.")
        form.otp.errors = [*form.otp.errors, WRONG]
    return _authenticator_page(form, secret, 422)


def _authenticator_page(form: AuthenticatorForm, secret: str, status: int) -> ResponseReturnValue:
    user = current_user()
    form.sealed.data = _sealed(secret, user)
    address = totp.provisioning_uri(user, secret, publication=publication().title)
    page = render_template("accounts/authenticator.html", form=form, code=_drawn(address), secret=secret)
    return page, status, {"Cache-Control": "no-store"}


def _sealed(secret: str, user: User) -> str:
    return encryption.encrypt(json.dumps([user.id, secret]))


def _opened(sealed: str | None, user: User) -> str | None:
    """Decrypt the secret that the page offered to this user."""
    content = encryption.decrypt(sealed or "")
    owner, secret = json.loads(content) if content is not None else (0, "")
    return str(secret) if owner == user.id else None


def _drawn(address: str) -> Markup:
    """Draw the QR code as SVG without inline styles, which the content security policy forbids."""
    import segno

    picture = segno.make(address, error="m", micro=False)
    svg = picture.svg_inline(
        border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    return Markup(svg)  # noqa: S704 - made here, of rectangles alone


@bp.post("/authenticator/remove")
@signed_in
@requires_reauthentication
def remove_authenticator() -> ResponseReturnValue:
    """Remove the authenticator app."""
    return _remove(lambda: actions.remove_authenticator(current_user()), "The authenticator app is removed.")


@bp.get("/passkeys/add")
@signed_in
@requires_reauthentication
def add_passkey() -> ResponseReturnValue:
    """Show the page that asks the browser for a new passkey."""
    actions.check_confirmed(current_user())
    return _passkey_page(AddPasskeyForm(), 200)


@bp.post("/passkeys/add")
@signed_in
@requires_reauthentication
@redisplays_expired_form
def store_passkey() -> ResponseReturnValue:
    """Add a passkey."""
    user = current_user()
    form = AddPasskeyForm()
    if form.validate():
        try:
            codes = actions.add_passkey(user, form.credential.data or "", name=form.name.data or "")
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            return _added(codes, f"The passkey “{form.name.data}” is added.")
    return _passkey_page(form, 422)


def _passkey_page(form: AddPasskeyForm, status: int) -> ResponseReturnValue:
    form.name.data = form.name.data or device_name(request.headers.get("User-Agent", ""))
    form.credential.data = ""
    is_possible = passkeys.is_supported()
    options = ""
    if is_possible:
        from masthead.mfa import webauthn

        options = webauthn.registration_options(current_user(), publication=publication().title)
    page = render_template("accounts/add_passkey.html", form=form, options=options)
    return page, status


@bp.post("/passkeys/<int:passkey_id>/rename")
@signed_in
@requires_reauthentication
def rename_passkey(passkey_id: int) -> ResponseReturnValue:
    """Rename a passkey."""
    form = PasskeyNameForm()
    if form.validate():
        actions.rename_passkey(current_user(), passkey_id, form.name.data or "")
        db.session.commit()
        flash("Passkey renamed.")
    else:
        flash(" ".join(form.name.errors), "error")
    return _back()


@bp.post("/passkeys/<int:passkey_id>/remove")
@signed_in
@requires_reauthentication
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Remove a passkey."""
    user = current_user()
    return _remove(lambda: actions.remove_passkey(user, passkey_id), "The passkey is removed.")


@bp.post("/recovery-codes")
@signed_in
@requires_reauthentication
def renew_recovery_codes() -> ResponseReturnValue:
    """Replace the recovery codes by ten new ones."""
    codes = actions.renew_recovery_codes(current_user())
    db.session.commit()
    return _codes_page(codes)


def _added(codes: list[str], sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return _codes_page(codes) if codes else _back()


def _codes_page(codes: list[str]) -> ResponseReturnValue:
    """Show the recovery codes once. Only their hashes are stored, and the page is not cached."""
    return render_template("accounts/recovery_codes.html", codes=codes), {"Cache-Control": "no-store"}


def _remove(action: Callable[[], None], sentence: str) -> ResponseReturnValue:
    try:
        action()
    except Conflict as conflict:
        db.session.rollback()
        flash(conflict.message, "error")
    else:
        db.session.commit()
        flash(sentence)
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("security.overview"), code=303)
