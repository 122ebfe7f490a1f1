"""Actions that add and remove second factors. Each sends an email to the owner.

The first factor creates recovery codes; removing the last one deletes them.
"""

from sqlalchemy import delete, update

from masthead import audit, jobs
from masthead.db import db
from masthead.errors import Conflict, NotAllowed, NotFound
from masthead.mfa import recovery_codes, totp
from masthead.mfa import tasks as mfa_tasks
from masthead.mfa.models import Authenticator, Passkey, RecoveryCode
from masthead.mfa.second_factor import Factor
from masthead.people import queries
from masthead.people.models import User
from masthead.people.reauthentication import requires_recent_authentication

UNCONFIRMED = "Confirm your email address first. The page “Account security” can send you the email again."
NO_PASSKEY = "This passkey has been removed already."


@requires_recent_authentication("Set up one's authenticator app")
def add_authenticator(user: User, secret: str, *, step: int) -> list[str]:
    """Set up an authenticator app, replacing an earlier one; return recovery codes to show if it is the first factor."""
    check_confirmed(user)
    codes = recovery_codes.generate_first(user)
    totp.store_authenticator(user, secret, step=step)
    _note(user, "factor.added", "app_added", way=Factor.AUTHENTICATOR)
    return codes


def check_confirmed(user: User) -> None:
    """Raise `NotAllowed` unless the owner of the account has confirmed the email address."""
    if user.is_unconfirmed:
        raise NotAllowed(UNCONFIRMED)


@requires_recent_authentication("Add a passkey to one's account")
def add_passkey(user: User, answer: str, *, name: str) -> list[str]:
    """Add a passkey; return recovery codes to show if it is the first factor. Raises `Invalid`."""
    check_confirmed(user)
    from masthead.mfa import webauthn

    key = webauthn.register(user, answer, name=name)
    codes = recovery_codes.generate_first(user)
    _note(user, "factor.added", "passkey_added", way=Factor.PASSKEY, name=key.name)
    return codes


@requires_recent_authentication("Rename one's passkey")
def rename_passkey(user: User, passkey_id: int, name: str) -> None:
    """Rename a passkey; raises `NotFound` for a passkey of somebody else."""
    statement = update(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user.id)
    if db.session.scalar(statement.values(name=name).returning(Passkey.id)) is None:
        raise NotFound(NO_PASSKEY)


@requires_recent_authentication("Remove one's authenticator app")
def remove_authenticator(user: User) -> None:
    """Remove the authenticator app; raises `Conflict` if it is the last factor and the role requires one."""
    statement = delete(Authenticator).where(Authenticator.user_id == user.id)
    if db.session.scalar(statement.returning(Authenticator.user_id)) is None:
        raise NotFound("The authenticator app has been removed already.")
    _clean_up(user)
    _note(user, "factor.removed", "app_removed", way=Factor.AUTHENTICATOR)


@requires_recent_authentication("Remove one's passkey")
def remove_passkey(user: User, passkey_id: int) -> None:
    """Remove a passkey; raises `Conflict` if it is the last factor and the role requires one."""
    statement = delete(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user.id)
    name = db.session.scalar(statement.returning(Passkey.name))
    if name is None:
        raise NotFound(NO_PASSKEY)
    _clean_up(user)
    _note(user, "factor.removed", "passkey_removed", way=Factor.PASSKEY, name=name)


def _clean_up(user: User) -> None:
    if queries.has_second_factor(user.id):
        return
    if user.role.requires_second_factor:
        raise Conflict(
            "Your role requires two-factor authentication. Add another method first, then remove this one."
        )
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


@requires_recent_authentication("Make new recovery codes")
def renew_recovery_codes(user: User) -> list[str]:
    """Replace the recovery codes by ten new ones; raises `Conflict` without a second factor."""
    if not queries.has_second_factor(user.id):
        raise Conflict(
            "Recovery codes belong to two-factor authentication. Add an authenticator app or a passkey first."
        )
    codes = recovery_codes.generate(user)
    _note(user, "recovery_codes.made", "codes_made")
    return codes


def notify_recovery_code_used(user: User) -> None:
    """Email the owner that somebody signed in with a recovery code."""
    jobs.enqueue(mfa_tasks.notify_of_change, user.id, "code_used")


def remove_all(user: User) -> None:
    """Delete every second factor of an account."""
    for model in (Authenticator, Passkey, RecoveryCode):
        db.session.execute(
            delete(model).where(model.user_id == user.id), execution_options={"synchronize_session": False}
        )


def _note(user: User, action: str, event: str, **details: str) -> None:
    audit.record(action, by=user, subject=user.username, **details)
    jobs.enqueue(mfa_tasks.notify_of_change, user.id, event)
