"""Export of personal data: everything that the site stores about a person, from every feature."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import select

from masthead import features
from masthead.api_tokens.models import ApiToken, RefreshFamily
from masthead.audit import queries as log
from masthead.db import db
from masthead.features import PersonalDataSection
from masthead.login.models import LoginSession
from masthead.mfa.models import Authenticator, Passkey
from masthead.people.models import User


def collect(user: User) -> list[PersonalDataSection]:
    """Everything that the features know of a person; never a secret or the hash of one."""
    exports = (feature.personal_data.export for feature in features.installed() if feature.personal_data)
    found = [section for export in exports for section in export(user)]
    return [PersonalDataSection(part.name, part.title, [_plain(row) for row in part.rows]) for part in found]


def export_account(user: User) -> list[PersonalDataSection]:
    """The account itself, its logins, second factors and tokens, and its entries in the audit log."""
    return [
        PersonalDataSection("account", "Your account", [_account(user)]),
        PersonalDataSection("devices", "Where you are signed in", _devices(user)),
        PersonalDataSection("factors", "Second factors", _factors(user)),
        PersonalDataSection("programs", "Apps that act for you", _programs(user)),
        PersonalDataSection("log", "What the log says of you", _log(user)),
    ]


def _account(user: User) -> dict[str, Any]:
    names = ("id", "username", "email", "name", "bio", "website", "avatar", "time_zone", "muted_emails")
    moments = ("confirmed_at", "created_at", "updated_at")
    return {name: getattr(user, name) for name in (*names, *moments)} | {"role": user.role.title}


def _devices(user: User) -> list[dict[str, Any]]:
    names = ("device", "address", "created_at", "last_used_at", "expires_at")
    logins = db.session.scalars(
        select(LoginSession).where(LoginSession.user_id == user.id).order_by(LoginSession.id)
    )
    return [{name: getattr(login, name) for name in names} for login in logins]


def _factors(user: User) -> list[dict[str, Any]]:
    app = db.session.get(Authenticator, user.id)
    keys = db.session.scalars(select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id))
    apps = [{"kind": "authenticator app", "created_at": app.created_at}] if app is not None else []
    names = ("name", "created_at", "last_used_at")
    return apps + [{"kind": "passkey"} | {name: getattr(key, name) for name in names} for key in keys]


def _programs(user: User) -> list[dict[str, Any]]:
    names = ("name", "scopes", "created_at", "last_used_at", "expires_at")
    tokens = db.session.scalars(select(ApiToken).where(ApiToken.user_id == user.id).order_by(ApiToken.id))
    sign_ins = db.session.scalars(
        select(RefreshFamily).where(RefreshFamily.user_id == user.id).order_by(RefreshFamily.id)
    )
    return [
        *({"kind": "personal token"} | {name: getattr(token, name) for name in names} for token in tokens),
        *(
            {"kind": "sign-in", "created_at": family.created_at, "expires_at": family.expires_at}
            for family in sign_ins
        ),
    ]


def _log(user: User) -> list[dict[str, Any]]:
    names = ("at", "action", "actor_name", "subject", "address", "details")
    subjects = [name for name in (user.username, user.email) if name]
    events = db.session.scalars(log.about(user.id, subjects))
    return [{name: _without_others(user, event, name) for name in names} for event in events]


def _without_others(user: User, event: Any, name: str) -> Any:
    """Return the value of a field; the IP address of another actor is omitted."""
    return "" if name == "address" and event.actor_id not in (user.id, None) else getattr(event, name)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: _plain_value(value) for key, value in row.items()}


def _plain_value(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
    return value
