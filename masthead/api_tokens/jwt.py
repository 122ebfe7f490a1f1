"""JWTs of the API: short-lived access tokens, and refresh tokens that work once (RFC 9700, section 4.14).

Both are JWTs (RFC 7519) signed with one algorithm. Each belongs to a family, a row that a sign-in creates. Reusing a
refresh token ends the whole family, since one of its two users has stolen it. An access token is
invalid without its family, so ending one takes effect with the next request, in every process.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import AnonymousUserMixin
from sqlalchemy import Select, delete, select, update
from werkzeug.exceptions import Unauthorized

from masthead import clock
from masthead.api_tokens import personal_tokens
from masthead.api_tokens.models import RefreshFamily, RefreshToken
from masthead.api_tokens.personal_tokens import PREFIX
from masthead.db import db, snapshot
from masthead.people import queries, reauthentication
from masthead.people.access import NO_TOKEN
from masthead.people.models import User
from masthead.people.secret_hashes import hash_secret
from masthead.web.api import rates

ALGORITHM = "HS256"
AUDIENCE = "masthead-api"
ACCESS_LIFETIME = timedelta(hours=1)
REFRESH_LIFETIME = timedelta(days=30)
REQUIRED = ["iss", "aud", "exp", "iat", "jti", "sub", "typ", "fam"]
#: An account id within the range of both databases.
SUBJECT = re.compile(r"[1-9][0-9]{0,17}")
#: Tokens made here have about 400.
LONGEST_CHARACTERS = 4_096


class InvalidToken(Unauthorized):
    """The token is missing, malformed, expired or revoked; the answer does not say which."""

    def __init__(self) -> None:
        super().__init__(NO_TOKEN)


class ReusedToken(InvalidToken):
    """The refresh token was used before. The caller commits, which ends its family."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and a refresh token."""

    access: str
    refresh: str


def init_app(app: Flask) -> None:
    """Authenticate API requests by the Authorization header alone."""
    app.before_request(_recognise)


def _recognise() -> None:
    if not request.path.startswith("/api/"):
        return
    user: User | None = None
    if "Authorization" in request.headers and not _takes_refresh_token():
        secret = _sent()
        user = _owner_of(secret) if secret.startswith(PREFIX) else _user_of(_claims("access"))
        rates.recognised()
        # For `masthead.web.api.idempotency`.
        g.api_account = user.id
    # Flask-Login would otherwise fill this from the session cookie.
    g._login_user = user if user is not None else AnonymousUserMixin()  # noqa: SLF001 (it reads no other place)


def _takes_refresh_token() -> bool:
    return request.endpoint in {"auth_api.refresh", "auth_api.logout"}


def _owner_of(secret: str) -> User:
    """Return the owner of a personal token, and store its scopes for `masthead.web.api.operations`."""
    with snapshot() as session:
        found = session.execute(personal_tokens.find_valid(secret)).first()
    if found is None:
        raise InvalidToken
    token, user = found
    if user.is_unconfirmed:
        raise InvalidToken
    personal_tokens.record_use(token)
    g.api_scopes = frozenset(token.scopes)
    return user


def _user_of(claims: dict[str, Any]) -> User:
    with snapshot() as session:
        statement = _holders(claims["fam"]).where(User.id == int(claims["sub"]))
        found = session.execute(statement.add_columns(RefreshFamily.created_at)).first()
    if found is None or not _may_go_on(found[0]):
        raise InvalidToken
    reauthentication.record(found[1])
    user: User = found[0]
    return user


def _may_go_on(user: User) -> bool:
    """Return True if the account meets today's rules for signing in."""
    return user.is_active and not user.is_unconfirmed and not user.lacks_factor


def _holders(family: str) -> Select[User]:
    return (
        select(User)
        .join(RefreshFamily, RefreshFamily.user_id == User.id)
        .where(RefreshFamily.name == family, RefreshFamily.expires_at > clock.now())
        .options(*queries.WITH_RIGHTS)
    )


def _sent() -> str:
    """Return the bearer token of the request; raises `InvalidToken`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_CHARACTERS:
        raise InvalidToken
    return token.strip()


def _claims(kind: str) -> dict[str, Any]:
    """Return the claims of the request's token; raises `InvalidToken` unless it was signed here for this use."""
    import jwt

    try:
        claims: dict[str, Any] = jwt.decode(
            _sent(),
            current_app.config["JWT_SECRET_KEY"],
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=current_app.config["SITE_URL"],
            # Its times are compared below, with a clock that ignores leaps.
            options={"require": REQUIRED, "verify_exp": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, ValueError):
        raise InvalidToken from None
    is_whole = all(isinstance(claims[name], str) for name in ("jti", "sub", "typ", "fam"))
    begins, ends = claims["iat"], claims["exp"]
    if not (isinstance(begins, int) and isinstance(ends, int) and begins <= clock.now().timestamp() < ends):
        raise InvalidToken
    if not is_whole or claims["typ"] != kind or not SUBJECT.fullmatch(claims["sub"]):
        raise InvalidToken
    return claims


def issue(user: User) -> TokenPair:
    """Create a family and its first pair of tokens for a user who has just signed in."""
    now = clock.now()
    family = RefreshFamily(
        name=secrets.token_urlsafe(16), user_id=user.id, created_at=now, expires_at=now + REFRESH_LIFETIME
    )
    db.session.add(family)
    db.session.flush()
    return _pair(family, user.id)


def refresh() -> tuple[TokenPair, int]:
    """Exchange the request's refresh token for a new pair; return it with the id of the user.

    Raises `ReusedToken` when it has ended a family, which the caller commits.
    """
    claims = _claims("refresh")
    now = clock.now()
    used = db.session.execute(
        update(RefreshToken)
        .where(RefreshToken.token_hash == hash_secret(claims["jti"]), RefreshToken.used_at.is_(None))
        .values(used_at=now)
        .returning(RefreshToken.family_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    family = db.session.get(RefreshFamily, used) if used is not None else None
    holder = db.session.scalar(_holders(claims["fam"]))
    if family is None or family.name != claims["fam"] or holder is None or not _may_go_on(holder):
        # The owner or a thief used the token before. Nobody can tell which, so both must sign in again.
        db.session.rollback()
        db.session.execute(delete(RefreshFamily).where(RefreshFamily.name == claims["fam"]))
        raise ReusedToken
    family.expires_at = now + REFRESH_LIFETIME
    return _pair(family, holder.id), holder.id


def revoke() -> None:
    """End the family of the request's refresh token."""
    claims = _claims("refresh")
    found = db.session.scalar(
        delete(RefreshFamily).where(RefreshFamily.name == claims["fam"]).returning(RefreshFamily.id)
    )
    if found is None:
        raise InvalidToken


def _pair(family: RefreshFamily, user_id: int) -> TokenPair:
    identity = secrets.token_urlsafe(24)
    now = clock.now()
    db.session.add(
        RefreshToken(
            family_id=family.id,
            token_hash=hash_secret(identity),
            created_at=now,
            expires_at=now + REFRESH_LIFETIME,
            used_at=None,
        )
    )
    return TokenPair(
        access=_signed("access", user_id, family.name, secrets.token_urlsafe(12), ACCESS_LIFETIME),
        refresh=_signed("refresh", user_id, family.name, identity, REFRESH_LIFETIME),
    )


def _signed(kind: str, user_id: int, family: str, identity: str, lifetime: timedelta) -> str:
    now = clock.now()
    import jwt

    claims = {
        "iss": current_app.config["SITE_URL"],
        "aud": AUDIENCE,
        "sub": str(user_id),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "jti": identity,
        "typ": kind,
        "fam": family,
    }
    return jwt.encode(claims, current_app.config["JWT_SECRET_KEY"], algorithm=ALGORITHM)
