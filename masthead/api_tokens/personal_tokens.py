"""Personal tokens, for scripts and devices that cannot sign in. Each has scopes and an expiry date.

Only a hash is stored, so a token is shown once. Nothing here commits, except `record_use`.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from masthead import audit, clock
from masthead.api_tokens.models import TOKEN_NAME_CHARACTERS, ApiToken
from masthead.db import db, leave_note
from masthead.errors import Conflict, Invalid, Mistakes, NotAllowed, NotFound
from masthead.people import queries
from masthead.people.models import Role, User
from masthead.people.permissions import Permission
from masthead.people.reauthentication import requires_recent_authentication
from masthead.people.secret_hashes import hash_secret

#: Secret scanners and people recognise tokens by this prefix.
PREFIX = "masthead_pat_"
SECRET_BYTES = 32
MOST_TOKENS = 20
MOST_DAYS = 365
#: The time of the last use is written at most this often, to save writes.
RECORD_INTERVAL = timedelta(minutes=1)

#: Scope → its description, and the permission that the owner needs; None if everybody has the scope.
SCOPES: dict[str, tuple[str, Permission | None]] = {
    "account:read": ("Read your own account", None),
    "account:write": ("Change your own profile", None),
    "posts:read": ("Read and find posts, your drafts included", None),
    "posts:write": ("Write and publish posts", Permission.WRITE),
    "comments:read": ("Read comments", None),
    "comments:write": ("Write, change and delete comments", Permission.COMMENT),
    "comments:moderate": ("Approve and reject comments", Permission.MODERATE),
    "tags:read": ("Read tags", None),
    "tags:write": ("Make and change tags", Permission.MANAGE_TAGS),
    "templates:read": ("Read post templates and snippets", Permission.WRITE),
    "templates:write": ("Make and change post templates and snippets", Permission.EDIT_POSTS),
    "pages:read": ("Read pages, drafts included", None),
    "pages:write": ("Write and publish pages", Permission.MANAGE_PAGES),
    "media:read": ("Read the media library", Permission.UPLOAD),
    "media:write": ("Bring in and change pictures and files", Permission.UPLOAD),
    "users:read": ("Read about people", None),
    "users:write": ("Invite and change accounts", Permission.MANAGE_USERS),
    "roles:read": ("Read roles", Permission.MANAGE_USERS),
    "roles:write": ("Create and edit roles", Permission.MANAGE_ROLES),
    "settings:read": ("Read the settings of the publication", Permission.MANAGE_SETTINGS),
    "settings:write": ("Change the settings of the publication", Permission.MANAGE_SETTINGS),
    "jobs:read": ("Read about background jobs", Permission.MANAGE_JOBS),
    "jobs:write": ("Retry and cancel background jobs", Permission.MANAGE_JOBS),
    "statistics:read": ("Read the statistics", Permission.EDIT_POSTS),
    "cache:read": ("Read the status of the page cache", Permission.MANAGE_JOBS),
    "cache:write": ("Clear the page cache", Permission.MANAGE_JOBS),
    "audit:read": ("Read the audit log", Permission.READ_AUDIT),
}


def available_scopes(user: User) -> list[str]:
    """Return the scopes that a user can give to a token."""
    return [name for name, (_, needed) in SCOPES.items() if needed is None or user.can(needed)]


def owned_by(user: User) -> Select[ApiToken]:
    """Select the tokens of a user, the newest first, including expired ones."""
    return select(ApiToken).where(ApiToken.user_id == user.id).order_by(ApiToken.id.desc())


def owners_among(user_ids: Iterable[int]) -> set[int]:
    """Return the ids of the accounts that have tokens."""
    return set(db.session.scalars(select(ApiToken.user_id).where(ApiToken.user_id.in_(user_ids)).distinct()))


def get(user: User, token_id: int) -> ApiToken:
    """Return a token of the user; raises `NotFound`."""
    token = db.session.scalar(owned_by(user).where(ApiToken.id == token_id))
    if token is None:
        raise NotFound("You have no such token.")
    return token


def validate(user: User, said: Mapping[str, Any]) -> tuple[Invalid, ...]:
    """Return all errors of the input for a new token. Omitted fields are not checked."""
    mistakes = Mistakes()
    if "name" in said and not 1 <= len(said["name"].strip()) <= TOKEN_NAME_CHARACTERS:
        mistakes.add(Invalid(f"A name has 1 to {TOKEN_NAME_CHARACTERS} characters.", field="name"))
    beyond = sorted(set(said.get("scopes", ())) - set(available_scopes(user)))
    if "scopes" in said and not said["scopes"]:
        mistakes.add(Invalid("Choose at least one permission for the token.", field="scopes"))
    elif beyond:
        names = ", ".join(beyond)[:200]
        mistakes.add(Invalid(f"Your role does not allow you to give these: {names}", field="scopes"))
    if "days" in said and not 1 <= said["days"] <= MOST_DAYS:
        mistakes.add(Invalid(f"A token lasts 1 to {MOST_DAYS} days.", field="days"))
    return mistakes.found


@requires_recent_authentication("Make a personal token")
def create(user: User, *, name: str, scopes: Collection[str], days: int) -> tuple[ApiToken, str]:
    """Create a token; return the row, and the secret to show once. Raises `Invalid` or `Conflict`."""
    if user.is_unconfirmed:
        raise NotAllowed("Confirm your email address first. Then you can create API tokens.")
    Mistakes(validate(user, {"name": name, "scopes": scopes, "days": days})).settle()
    # The lock lets concurrent requests count each other's tokens.
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    held = db.session.scalar(select(func.count()).select_from(ApiToken).where(ApiToken.user_id == user.id))
    if (held or 0) >= MOST_TOKENS:
        raise Conflict(f"You have {MOST_TOKENS} tokens already. Revoke one that you do not use any more.")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    now = clock.now()
    token = ApiToken(
        user_id=user.id,
        name=name,
        secret_hash=hash_secret(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        created_at=now,
        expires_at=now + timedelta(days=days),
        last_used_at=None,
    )
    db.session.add(token)
    db.session.flush()
    audit.record("token.created", by=user, subject=user.username, name=name, scopes=" ".join(token.scopes))
    return token, secret


def revoke(user: User, token_id: int) -> None:
    """Revoke a token of the user, with effect from the next request. Raises `NotFound`."""
    token = get(user, token_id)
    db.session.execute(delete(ApiToken).where(ApiToken.id == token.id))
    audit.record("token.revoked", by=user, subject=user.username, name=token.name)


def revoke_all(user: User) -> int:
    """Revoke all tokens of the user; return their number."""
    ended = delete(ApiToken).where(ApiToken.user_id == user.id).returning(ApiToken.id)
    return len(db.session.scalars(ended, execution_options={"synchronize_session": False}).all())


def find_valid(secret: str) -> Select[ApiToken, User]:
    """Select the valid token with this secret, and its owner with role, in one query."""
    return (
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .join(Role, Role.id == User.role_id)
        .options(*queries.WITH_RIGHTS)
        .where(
            ApiToken.secret_hash == hash_secret(secret),
            ApiToken.expires_at > clock.now(),
            User.is_active,
            User.is_byline.is_(False),
            Role.requires_second_factor.is_(False) | User.has_second_factor,
        )
    )


def record_use(token: ApiToken) -> None:
    """Record the time of use, at most once a minute, before the request's own transaction begins."""
    now = clock.now()
    if token.last_used_at is not None and now - token.last_used_at < RECORD_INTERVAL:
        return
    statement = update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=now)
    options = {"synchronize_session": False}
    leave_note(lambda session: session.execute(statement, execution_options=options), otherwise=None)
