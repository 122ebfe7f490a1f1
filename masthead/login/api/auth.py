"""API for signing in, registration and one's own account."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, current_app
from werkzeug.exceptions import Unauthorized

from masthead import audit
from masthead.api_tokens import jwt
from masthead.api_tokens.jwt import ACCESS_LIFETIME, ReusedToken, TokenPair
from masthead.db import db
from masthead.errors import Invalid, NotAllowed
from masthead.login import actions as login_actions
from masthead.login import authentication, login_throttling, passwords, registration, sessions
from masthead.login.schemas import Credentials, Registered, Registration, SignedIn
from masthead.login.validation import validate, validate_registration
from masthead.mail import delivery
from masthead.mfa import second_factor
from masthead.mfa.errors import SecondFactorRequired
from masthead.people import actions, queries
from masthead.people.access import current_user, signed_in
from masthead.people.models import User
from masthead.people.schemas import Account, ProfileChange
from masthead.unset import UNSET
from masthead.web.access import public
from masthead.web.api.operations import Answer, check_match, operation, tag_of

auth = Blueprint("auth_api", __name__)
WRONG = "The email address or the password is not right."
MADE = "If the address is new here, the account is created. You can sign in now."
MADE_AND_WRITTEN = "If the address is new here, the account is created. Open the link in the email to it, and you can sign in."


def _validate_registration(said: dict[str, Any]) -> Iterable[Invalid]:
    if current_app.config["REGISTRATION"] != "open":
        return ()
    return validate_registration(said)


def _validate_profile(said: dict[str, Any]) -> Iterable[Invalid]:
    return validate(said, user=queries.get(current_user().id))


@auth.post("/register")
@public
@operation(
    "Create an account",
    tag="auth",
    body=Registration,
    answer=Registered,
    status=201,
    problems=(403, 429),
    bearer="none",
    validator=_validate_registration,
)
def register(body: Registration) -> Answer:
    """Make an account; the answer does not say whether the address had one already."""
    if current_app.config["REGISTRATION"] != "open":
        raise NotAllowed("This publication takes no new accounts at present.")
    registration.count_attempt()
    registration.register(username=body.username, email=body.email, password=body.password)
    db.session.commit()
    return Answer(Registered(detail=MADE_AND_WRITTEN if delivery.is_on() else MADE))


@auth.post("/login")
@public
@operation("Sign in", tag="auth", body=Credentials, answer=SignedIn, problems=(401, 409, 429), bearer="none")
def login(body: Credentials) -> Answer:
    """Exchange an address and a password for tokens."""
    attempt = login_throttling.begin(body.email)
    user = authentication.verify_password(body.email, body.password)
    if user is None:
        audit.record("sign_in.failed", by=None, subject=body.email)
        db.session.commit()
        raise Unauthorized(WRONG)
    _check_second_factor(user, body.otp)
    attempt.succeeded()
    if passwords.is_outdated(user.password_hash or "", body.password):
        rehashed = passwords.rehash(body.password)
        login_actions.renew_password_hash(user, rehashed)
        # This object is detached from the row; `lock_password` compares the two.
        user.password_hash = rehashed
    sessions.lock_password(user)
    pair = jwt.issue(user)
    audit.record("sign_in.succeeded", by=user, way="api")
    db.session.commit()
    return _signed_in(pair, user)


def _check_second_factor(user: User, code: str | None) -> None:
    if not queries.has_second_factor(user.id):
        if user.role.requires_second_factor:
            raise SecondFactorRequired
        return
    if code is None:
        db.session.rollback()
        raise SecondFactorRequired
    attempt = login_throttling.begin(user.email or user.username, limit="second_factor")
    if second_factor.verify(user, code) is None:
        audit.record("second_factor.failed", by=user)
        db.session.commit()
        raise Unauthorized(WRONG)
    attempt.succeeded()


def _signed_in(pair: TokenPair, user: User) -> Answer:
    return Answer(
        SignedIn(
            access_token=pair.access,
            refresh_token=pair.refresh,
            token_type="Bearer",  # noqa: S106 (the name of a scheme)
            expires_in=int(ACCESS_LIFETIME.total_seconds()),
            user=Account.of(user),
        )
    )


@auth.post("/refresh")
@public
@operation("Refresh the tokens", tag="auth", answer=SignedIn, problems=(401,), bearer="refresh")
def refresh() -> Answer:
    """Exchange a refresh token, which works once, for a new pair."""
    try:
        pair, user_id = jwt.refresh()
    except ReusedToken:
        db.session.commit()
        raise
    user = queries.get(user_id)
    db.session.commit()
    return _signed_in(pair, user)


@auth.post("/logout")
@public
@operation("Sign out", tag="auth", status=204, problems=(401,), bearer="refresh")
def logout() -> Answer:
    """End the family of the refresh token, and with it its access tokens."""
    jwt.revoke()
    db.session.commit()
    return Answer(None)


@auth.get("/me")
@signed_in
@operation(
    "Read your own account",
    tag="auth",
    scope="account:read",
    answer=Account,
    problems=(401,),
    is_conditional=True,
)
def me() -> Answer:
    """The account that the token belongs to."""
    return Answer(Account.of(queries.get(current_user().id)))


@auth.patch("/me")
@signed_in
@operation(
    "Change your own profile",
    tag="auth",
    scope="account:write",
    body=ProfileChange,
    answer=Account,
    problems=(401, 412, 428),
    is_conditional=True,
    validator=_validate_profile,
)
def change_me(body: ProfileChange) -> Answer:
    """Change what readers see of the account."""
    user = queries.get(current_user().id)
    check_match(tag_of(Account.of(user)))
    actions.update_profile(
        user,
        time_zone=UNSET if body.time_zone is None else body.time_zone,
        by=user,
        name=UNSET if body.name is None else body.name.strip(),
        bio=UNSET if body.bio is None else body.bio,
        website=UNSET if body.website is None else body.website,
        avatar=body.avatar if "avatar" in body.model_fields_set else UNSET,
    )
    actions.choose_emails(user, body.emails or {}, by=user)
    db.session.commit()
    return Answer(Account.of(user))
