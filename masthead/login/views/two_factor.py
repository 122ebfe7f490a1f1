"""Proving who one is beside the password: the second step of signing in, passkeys, and step-up."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import audit
from masthead.db import db
from masthead.errors import Invalid
from masthead.login import (
    authentication,
    login_throttling,
    passwords,
    resumable_forms,
    session_auth,
    sessions,
    sign_in_reasons,
    two_factor_challenge,
)
from masthead.login.forms import LoginForm, ReauthenticationForm
from masthead.login.two_factor_challenge import Pending
from masthead.mfa import actions, passkeys, totp
from masthead.mfa import queries as mfa_queries
from masthead.mfa.forms import CodeForm, PasskeyForm
from masthead.mfa.passkeys import Use
from masthead.mfa.totp import Factor
from masthead.people import access, queries, reauthentication
from masthead.people.access import current_user, signed_in
from masthead.people.models import User
from masthead.web.access import public
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.limits import throttling
from masthead.web.middleware import body_limits
from masthead.web.safe_redirects import local_path, redirect_back

bp = Blueprint("identity", __name__)
bp.record_once(lambda state: reauthentication.use_form_page(state.app, ask_for_proof))

WRONG_CODE = "This code is not right, or was used already. Wait for the next one, and try again."
WRONG_PROOF = "That is not right. Check what you entered, and try again."
TOO_LATE = "Your sign-in expired after ten minutes. Enter your password again."


@bp.get("/second-step")
@public
def second_step() -> ResponseReturnValue:
    """The page for the second step of signing in."""
    half = two_factor_challenge.present()
    if half is None or access.visitor() is not None:
        return _start_again()
    return _second_step_page(half, CodeForm(), 200)


@bp.post("/second-step")
@public
@redisplays_expired_form
def check_code() -> ResponseReturnValue:
    """The second step of signing in: a code of the authenticator app, or a recovery code."""
    half = two_factor_challenge.present()
    if half is None or access.visitor() is not None:
        return _start_again()
    form = CodeForm()
    if form.validate():
        attempt = login_throttling.begin(half.user.email or "", limit="second_factor")
        factor = totp.verify(half.user, form.otp.data or "")
        if factor is not None:
            attempt.succeeded()
            return _enter(half, factor)
        audit.record("sign_in.failed", by=None, subject=half.user.email or "", way="second factor")
        db.session.commit()
        form.otp.errors = [*form.otp.errors, WRONG_CODE]
    return _second_step_page(half, form, 422)


@bp.post("/second-step/passkey")
@public
@redisplays_expired_form
def second_step_with_passkey() -> ResponseReturnValue:
    """The second step of signing in: a passkey."""
    half = two_factor_challenge.present()
    if half is None or access.visitor() is not None:
        return _start_again()
    form = PasskeyForm()
    if _person_with_passkey(form, Use.SECOND_STEP, half.user) is not None:
        login_throttling.remember(half.user.email or "")
        return _enter(half, Factor.PASSKEY)
    return _second_step_page(half, CodeForm(formdata=None), 422, form)


def _start_again() -> ResponseReturnValue:
    if access.visitor() is None:
        flash(TOO_LATE, "warning")
        return redirect(url_for("accounts.login", next=_next()), code=303)
    return redirect_back(url_for("dashboard.index"))


def _enter(half: Pending, factor: Factor) -> ResponseReturnValue:
    """Sign in: both steps are done."""
    session_auth.sign_in(half.user, remember=half.remember, way=f"password and {factor}")
    if factor is Factor.RECOVERY_CODE:
        actions.note_recovery_code(half.user)
        left = mfa_queries.recovery_codes_left(half.user.id)
        flash(
            f"You have {left} recovery {'code' if left == 1 else 'codes'} left. Generate new ones before you run out.",
            "warning",
        )
    db.session.commit()
    return redirect_back(url_for("dashboard.index"))


def _second_step_page(
    half: Pending, form: CodeForm, status: int, passkey_form: PasskeyForm | None = None
) -> ResponseReturnValue:
    has_app = mfa_queries.authenticator_of(half.user.id) is not None
    page = render_template(
        "accounts/second_step.html",
        form=form,
        has_app=has_app,
        **_passkey_part(Use.SECOND_STEP, half.user, passkey_form),
    )
    return page, status


@bp.post("/login/passkey")
@public
@redisplays_expired_form
def sign_in_with_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone: a device that has checked its owner is both factors at once."""
    if access.visitor() is not None:
        return redirect_back(url_for("dashboard.index"))
    form = PasskeyForm()
    user = _person_with_passkey(form, Use.SIGN_IN)
    if user is not None:
        login_throttling.remember(user.email or "")
        session_auth.sign_in(user, remember=False, way="passkey")
        db.session.commit()
        return redirect_back(url_for("dashboard.index"))
    return login_page(LoginForm(formdata=None), form), 422


def login_page(form: LoginForm, passkey_form: PasskeyForm | None = None) -> str:
    """The page for signing in; with a passkey as well, where browsers offer that for this site."""
    part = _passkey_part(Use.SIGN_IN, None, passkey_form)
    return render_template("accounts/login.html", form=form, reason=sign_in_reasons.of(_next()), **part)


@bp.get("/confirm-identity")
@signed_in
def confirm() -> ResponseReturnValue:
    """The page that asks for the password, and the second factor, once more."""
    user = current_user()
    has_factor = authentication.has_second_factor(user)
    return _confirm_page(user, ReauthenticationForm(), has_factor=has_factor, kept=resumable_forms.carried())


@bp.post("/confirm-identity")
@signed_in
@redisplays_expired_form
@body_limits.takes(body_limits.LONG_FORM_BYTES)
def prove() -> ResponseReturnValue:
    """Give the password, and the second factor, once more before something that matters."""
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
    return _confirm_page(user, form, has_factor=has_factor, kept=resumable_forms.carried()), 422


def _is_proved(user: User, form: ReauthenticationForm, *, has_factor: bool) -> bool:
    # First the password, while no lock is held; a code is only used up when the password was right.
    person = authentication.active_account(user.id)
    if person is None or not passwords.is_correct(form.password.data or "", person.password_hash):
        return False
    return not has_factor or totp.verify(user, form.otp.data or "") is not None


@bp.post("/confirm-identity/passkey")
@signed_in
@redisplays_expired_form
@body_limits.takes(body_limits.LONG_FORM_BYTES)
def confirm_with_passkey() -> ResponseReturnValue:
    """Prove who one is with a passkey before something that matters."""
    user = current_user()
    form = PasskeyForm()
    if _person_with_passkey(form, Use.CONFIRM, user) is not None:
        return _confirmed(user)
    has_factor = authentication.has_second_factor(user)
    empty = ReauthenticationForm(formdata=None)
    return _confirm_page(user, empty, form, has_factor=has_factor, kept=resumable_forms.carried()), 422


def ask_for_proof() -> ResponseReturnValue:
    """The page that asks for the proof, in the place of a form that was sent; it carries that form along."""
    user = current_user()
    form, has_factor = ReauthenticationForm(formdata=None), authentication.has_second_factor(user)
    page = _confirm_page(user, form, has_factor=has_factor, kept=resumable_forms.of_this_request(user))
    return page, 403


def _confirmed(user: User) -> ResponseReturnValue:
    sessions.hold(user)
    session_auth.renew(queries.get(user.id))
    audit.record("identity.confirmed", by=user, subject=user.username)
    db.session.commit()
    return resumable_forms.offer_again(user) or redirect_back(url_for("security.overview"))


def _confirm_page(
    user: User,
    form: ReauthenticationForm,
    passkey_form: PasskeyForm | None = None,
    *,
    has_factor: bool,
    kept: str,
) -> str:
    part = _passkey_part(Use.CONFIRM, user, passkey_form) if has_factor else _no_passkey()
    return render_template(
        "accounts/confirm_identity.html", form=form, has_factor=has_factor, kept=kept, **part
    )


def _person_with_passkey(form: PasskeyForm, use: Use, user: User | None = None) -> User | None:
    """Whose passkey answered; None with an error in the form. Wrong ones count against the address."""
    if not form.validate():
        return None
    bucket = ("sign_in", "address", throttling.caller())
    throttling.count(*bucket)
    from masthead.mfa import webauthn

    try:
        key = webauthn.verify(use, form.credential.data or "", user)
        person = queries.active_account(key.user_id)
    except Invalid as error:
        db.session.rollback()
        audit.record("sign_in.failed", by=None, subject=(user.email or "") if user else "", way="passkey")
        db.session.commit()
        form.refuse(error.message)
        return None
    throttling.take_back(*bucket)
    return person


def _passkey_part(use: Use, user: User | None, form: PasskeyForm | None) -> dict[str, object]:
    """What the part of a page about passkeys needs; no options where there is nothing to ask a browser for."""
    part = _no_passkey() | {"passkey_form": form or PasskeyForm(formdata=None)}
    if passkeys.is_possible() and (
        user is None or db.session.scalar(mfa_queries.passkeys_of(user.id).limit(1))
    ):
        from masthead.mfa import webauthn

        part["passkey_options"] = webauthn.options_to_use(use, user)
    return part


def _no_passkey() -> dict[str, object]:
    return {"passkey_form": PasskeyForm(formdata=None), "passkey_options": "", "next_path": _next()}


def _next() -> str | None:
    return local_path(request.values.get("next"))
