"""Signing in, one's own account and other people's, for programs."""

from flask import Blueprint, Response, current_app
from sqlalchemy import Select
from werkzeug.exceptions import Unauthorized

from masthead import audit
from masthead.accounts import (
    actions,
    attempts,
    authentication,
    bearer,
    passwords,
    queries,
    registration,
    second_factor,
    sessions,
)
from masthead.accounts.access import current_user, requires, signed_in, visitor
from masthead.accounts.bearer import ACCESS_LIFETIME, Pair, ReusedToken
from masthead.accounts.errors import SecondFactorRequired
from masthead.accounts.models import User
from masthead.accounts.permissions import Permission, can_change_account
from masthead.accounts.schemas import (
    Account,
    AccountChange,
    Credentials,
    People,
    PeopleQuery,
    Person,
    Profile,
    ProfileChange,
    Registered,
    Registration,
    SignedIn,
)
from masthead.db import db, paginate
from masthead.errors import NotAllowed, NotFound
from masthead.web import limits
from masthead.web.access import public
from masthead.web.api.operations import Answer, check_match, operation, settled, tag_of
from masthead.web.api.paging import listed

auth = Blueprint("auth_api", __name__)
people = Blueprint("users_api", __name__)
WRONG = "The e-mail address or the password is not right."
MADE = "If the address is new here, the account is made. You can sign in now."


@auth.post("/register")
@public
@operation(
    "Make an account",
    tag="auth",
    body=Registration,
    answer=Registered,
    status=201,
    problems=(403, 429),
    bearer="none",
)
def register(body: Registration) -> Answer:
    """Make an account; the answer does not say whether the address had one already."""
    if current_app.config["REGISTRATION"] != "open":
        raise NotAllowed("This publication takes no new accounts at present.")
    limits.count("registration", limits.caller())
    registration.register(username=body.username, email=body.email, password=body.password)
    db.session.commit()
    return Answer(Registered(detail=MADE))


@auth.post("/login")
@public
@operation("Sign in", tag="auth", body=Credentials, answer=SignedIn, problems=(401, 409, 429), bearer="none")
def login(body: Credentials) -> Answer:
    """Exchange an address and a password for tokens."""
    attempt = attempts.begin(body.email)
    user = authentication.verified(body.email, body.password)
    if user is None:
        audit.record("sign_in.failed", by=None, subject=body.email)
        db.session.commit()
        raise Unauthorized(WRONG)
    _check_second_factor(user, body.otp)
    attempt.succeeded()
    if passwords.is_outdated(user.password_hash or ""):
        rehashed = passwords.rehash(body.password)
        actions.renew_password_hash(user, rehashed)
        # This object is not the row; `hold` compares the two.
        user.password_hash = rehashed
    sessions.hold(user)
    pair = bearer.begin(user)
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
    attempt = attempts.begin(user.email or user.username, limit="second_factor")
    if second_factor.verify(user, code) is None:
        audit.record("second_factor.failed", by=user)
        db.session.commit()
        raise Unauthorized(WRONG)
    attempt.succeeded()


def _signed_in(pair: Pair, user: User) -> Answer:
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
@operation("Renew the tokens", tag="auth", answer=SignedIn, problems=(401,), bearer="refresh")
def refresh() -> Answer:
    """Exchange a refresh token, which works once, for a new pair."""
    try:
        pair, user_id = bearer.rotate()
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
    bearer.end()
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
)
def change_me(body: ProfileChange) -> Answer:
    """Change what readers see of the account."""
    user = queries.get(current_user().id)
    check_match(tag_of(Account.of(user)))
    actions.update_profile(
        user,
        name=user.name if body.name is None else body.name.strip(),
        bio=user.bio if body.bio is None else body.bio,
        website=user.website if body.website is None else body.website,
        by=user,
    )
    db.session.commit()
    return Answer(Account.of(user))


@people.get("")
@public
@operation("List people", tag="users", query=PeopleQuery, answer=People, problems=(404,), is_conditional=True)
def index(query: PeopleQuery) -> Answer:
    """Those who write here; every account for those who administer accounts."""
    reader = visitor()
    is_whole = reader is not None and reader.can(Permission.MANAGE_USERS)
    page = paginate(_listed(query.q, is_whole=is_whole), page=query.page, per_page=query.per_page)
    shape = Account if is_whole else Profile
    return listed(People, page, users=[shape.of(user) for user in page.items])


def _listed(wanted: str | None, *, is_whole: bool) -> Select[User]:
    if is_whole:
        return queries.accounts_like(wanted) if wanted else queries.accounts()
    return queries.writers(wanted or "")


@people.get("/<int:user_id>")
@public
@operation("Read a profile", tag="users", answer=Person, problems=(404,), is_conditional=True)
def show(user_id: int) -> Answer:
    """A public profile; the whole account for those who administer accounts, and for its owner."""
    reader = visitor()
    user = queries.get(user_id)
    if reader is not None and (reader.id == user.id or reader.can(Permission.MANAGE_USERS)):
        return Answer(Account.of(user))
    if not queries.is_writer(user):
        raise NotFound("There is no such account.")
    return Answer(Profile.of(user))


@people.patch("/<int:user_id>")
@requires(Permission.MANAGE_USERS)
@operation(
    "Change an account",
    tag="users",
    body=AccountChange,
    answer=Account,
    problems=(401, 403, 404, 409, 412, 428),
    is_conditional=True,
)
def change(user_id: int, body: AccountChange) -> Response:
    """Give somebody another role, disable or enable the account."""
    by, user = current_user(), queries.get(user_id)
    check_match(tag_of(Account.of(user)))
    if not can_change_account(by, user):
        raise NotAllowed("Nobody changes an account of an equal or higher role.")
    if body.role is not None and body.role != user.role.name:
        actions.set_role(user, queries.chosen_role(body.role, field="role"), by=by)
    if body.is_active is not None and body.is_active != user.is_active:
        (actions.enable if body.is_active else actions.disable)(user, by=by)
    answer = settled(_whole, user_id)
    db.session.commit()
    return answer


def _whole(user_id: int) -> Answer:
    return Answer(Account.of(queries.get(user_id)))
