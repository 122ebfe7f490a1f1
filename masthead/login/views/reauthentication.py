"""Reauthentication pages: they ask for the password, and the second factor, before sensitive changes."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead import audit
from masthead.db import db
from masthead.login import (
    authentication,
    login_throttling,
    passwords,
    resumable_forms,
    session_auth,
    sessions,
)
from masthead.login.forms import ReauthenticationForm
from masthead.login.views import passkey_forms
from masthead.mfa import second_factor
from masthead.mfa.forms import PasskeyForm
from masthead.mfa.passkeys import ChallengePurpose
from masthead.people import queries, reauthentication
from masthead.people.access import current_user, signed_in
from masthead.people.models import User
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.middleware import body_limits
from masthead.web.safe_redirects import redirect_back

bp = Blueprint("reauthentication", __name__)
bp.record_once(lambda state: reauthentication.use_form_page(state.app, ask_for_proof))

WRONG_PROOF = "That is not right. Check what you entered, and try again."


@bp.get("/confirm-identity")
@signed_in
def confirm() -> ResponseReturnValue:
    """Show the page that asks for the password, and the second factor, again."""
    user = current_user()
    has_factor = authentication.has_second_factor(user)
    return _confirm_page(
        user, ReauthenticationForm(), has_factor=has_factor, kept=resumable_forms.submitted()
    )


@bp.post("/confirm-identity")
@signed_in
@redisplays_expired_form
@body_limits.takes(body_limits.LONG_FORM_BYTES)
def prove() -> ResponseReturnValue:
    """Reauthenticate with the password, and the second factor."""
    user = current_user()
    form = ReauthenticationForm()
    has_factor = authentication.has_second_factor(user)
    if form.validate():
        attempt = login_throttling.begin(user.email or "", limit="second_factor" if has_factor else "sign_in")
        if _is_proved(user, form, has_factor=has_factor):
            attempt.succeeded()
            return _confirmed(user)
        audit.record("identity.refused", by=user, subject=user.username)
        db.session.commit()
        form.refuse(WRONG_PROOF)
    return _confirm_page(user, form, has_factor=has_factor, kept=resumable_forms.submitted()), 422


def _is_proved(user: User, form: ReauthenticationForm, *, has_factor: bool) -> bool:
    # The password is checked first, without a lock; a code is used up only if the password was right.
    person = authentication.active_account(user.id)
    if person is None or not passwords.is_correct(form.password.data or "", person.password_hash):
        return False
    return not has_factor or second_factor.verify(user, form.otp.data or "") is not None


@bp.post("/confirm-identity/passkey")
@signed_in
@redisplays_expired_form
@body_limits.takes(body_limits.LONG_FORM_BYTES)
def confirm_with_passkey() -> ResponseReturnValue:
    """Reauthenticate with a passkey."""
    user = current_user()
    form = PasskeyForm()
    if passkey_forms.user_with_passkey(form, ChallengePurpose.CONFIRM, user) is not None:
        return _confirmed(user)
    has_factor = authentication.has_second_factor(user)
    empty = ReauthenticationForm(formdata=None)
    return _confirm_page(user, empty, form, has_factor=has_factor, kept=resumable_forms.submitted()), 422


def ask_for_proof() -> ResponseReturnValue:
    """Answer a submitted form with the reauthentication page, which carries the form along."""
    user = current_user()
    form, has_factor = ReauthenticationForm(formdata=None), authentication.has_second_factor(user)
    page = _confirm_page(user, form, has_factor=has_factor, kept=resumable_forms.capture(user))
    return page, 403


def _confirmed(user: User) -> ResponseReturnValue:
    sessions.lock_password(user)
    session_auth.renew_session(queries.get(user.id))
    audit.record("identity.confirmed", by=user, subject=user.username)
    db.session.commit()
    return resumable_forms.render_resumed(user) or redirect_back(url_for("security.overview"))


def _confirm_page(
    user: User,
    form: ReauthenticationForm,
    passkey_form: PasskeyForm | None = None,
    *,
    has_factor: bool,
    kept: str,
) -> str:
    part = (
        passkey_forms.passkey_context(ChallengePurpose.CONFIRM, user, passkey_form)
        if has_factor
        else passkey_forms.no_passkey()
    )
    return render_template(
        "accounts/confirm_identity.html", form=form, has_factor=has_factor, kept=kept, **part
    )
