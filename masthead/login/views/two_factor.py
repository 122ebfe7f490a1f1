"""Two-factor views: the second step of signing in, and signing in with a passkey."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead import audit
from masthead.db import db
from masthead.login import (
    login_throttling,
    session_auth,
    sign_in_reasons,
    two_factor_challenge,
)
from masthead.login.forms import LoginForm
from masthead.login.two_factor_challenge import Challenge
from masthead.login.views import passkey_forms
from masthead.mfa import actions, second_factor
from masthead.mfa import queries as mfa_queries
from masthead.mfa.forms import CodeForm, PasskeyForm
from masthead.mfa.passkeys import ChallengePurpose
from masthead.mfa.second_factor import Factor
from masthead.people import access
from masthead.web.access import public
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.safe_redirects import redirect_back

bp = Blueprint("two_factor", __name__)

WRONG_CODE = "This code is not right, or was used already. Wait for the next one, and try again."
TOO_LATE = "Your sign-in expired after ten minutes. Enter your password again."


@bp.get("/second-step")
@public
def second_step() -> ResponseReturnValue:
    """Show the form for the second factor."""
    half = two_factor_challenge.current()
    if half is None or access.visitor() is not None:
        return _start_again()
    return _second_step_page(half, CodeForm(), 200)


@bp.post("/second-step")
@public
@redisplays_expired_form
def check_code() -> ResponseReturnValue:
    """Complete the sign-in with a code of the authenticator app, or a recovery code."""
    half = two_factor_challenge.current()
    if half is None or access.visitor() is not None:
        return _start_again()
    form = CodeForm()
    if form.validate():
        attempt = login_throttling.begin(half.user.email or "", limit="second_factor")
        factor = second_factor.verify(half.user, form.otp.data or "")
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
    """Complete the sign-in with a passkey as second factor."""
    half = two_factor_challenge.current()
    if half is None or access.visitor() is not None:
        return _start_again()
    form = PasskeyForm()
    if passkey_forms.user_with_passkey(form, ChallengePurpose.SECOND_STEP, half.user) is not None:
        login_throttling.remember_device_of(half.user.email or "")
        return _enter(half, Factor.PASSKEY)
    return _second_step_page(half, CodeForm(formdata=None), 422, form)


def _start_again() -> ResponseReturnValue:
    if access.visitor() is None:
        flash(TOO_LATE, "warning")
        return redirect(url_for("login.login", next=passkey_forms.next_path()), code=303)
    return redirect_back(url_for("dashboard.index"))


def _enter(half: Challenge, factor: Factor) -> ResponseReturnValue:
    """Sign in after both steps."""
    session_auth.sign_in(half.user, remember=half.remember, way=f"password and {factor}")
    if factor is Factor.RECOVERY_CODE:
        actions.notify_recovery_code_used(half.user)
        left = mfa_queries.recovery_codes_left(half.user.id)
        flash(
            f"You have {left} recovery {'code' if left == 1 else 'codes'} left. Generate new ones before you run out.",
            "warning",
        )
    db.session.commit()
    return redirect_back(url_for("dashboard.index"))


def _second_step_page(
    half: Challenge, form: CodeForm, status: int, passkey_form: PasskeyForm | None = None
) -> ResponseReturnValue:
    has_app = mfa_queries.authenticator_of(half.user.id) is not None
    page = render_template(
        "accounts/second_step.html",
        form=form,
        has_app=has_app,
        **passkey_forms.passkey_context(ChallengePurpose.SECOND_STEP, half.user, passkey_form),
    )
    return page, status


@bp.post("/login/passkey")
@public
@redisplays_expired_form
def sign_in_with_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone. The device verifies its owner, which counts as both factors."""
    if access.visitor() is not None:
        return redirect_back(url_for("dashboard.index"))
    form = PasskeyForm()
    user = passkey_forms.user_with_passkey(form, ChallengePurpose.SIGN_IN)
    if user is not None:
        login_throttling.remember_device_of(user.email or "")
        session_auth.sign_in(user, remember=False, way="passkey")
        db.session.commit()
        return redirect_back(url_for("dashboard.index"))
    return login_page(LoginForm(formdata=None), form), 422


def login_page(form: LoginForm, passkey_form: PasskeyForm | None = None) -> str:
    """Render the sign-in page, with passkeys if browsers support them for this site."""
    part = passkey_forms.passkey_context(ChallengePurpose.SIGN_IN, None, passkey_form)
    return render_template(
        "accounts/login.html", form=form, reason=sign_in_reasons.reason_for(passkey_forms.next_path()), **part
    )
