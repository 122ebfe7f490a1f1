"""Actions of administrators on the accounts of others. Without ``by``, the CLI acts, which has every permission."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from masthead import audit, clock, jobs
from masthead.api_tokens import personal_tokens
from masthead.db import db
from masthead.errors import Conflict, NotAllowed
from masthead.login import one_time_links, sessions
from masthead.login.actions import confirm_email
from masthead.login.models import AccountToken
from masthead.login.one_time_links import Purpose
from masthead.mfa import tasks as mfa_tasks
from masthead.mfa.actions import remove_all
from masthead.people.actions import keep_an_administrator, register
from masthead.people.authorization import can_change_account, can_grant
from masthead.people.models import AccountClosure, Role, User
from masthead.people.reauthentication import requires_recent_authentication


@requires_recent_authentication("Take the second factors off somebody's account")
def reset_second_factor(user: User, *, by: User | None) -> None:
    """Remove all second factors of an account whose owner has lost them, and end its sessions."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to change this account.")
    remove_all(user)
    sessions.end_all(user)
    audit.record("factor.reset", by=by, subject=user.username)
    jobs.enqueue(mfa_tasks.notify_of_change, user.id, "reset")


UNCONFIRMED = (
    "Nobody has confirmed the address of this account, so it may be somebody else's. Invite the address: whoever opens "
    "the link in the email gets the account, with that role."
)


@requires_recent_authentication("Make an account for somebody")
def create(*, username: str, email: str, password_hash: str, role: Role, by: User, at: datetime) -> User:
    """Create an account for somebody; raises `Invalid`, `UsernameTaken` or `EmailTaken`."""
    if not can_grant(by, role):
        raise NotAllowed("Your role does not allow you to give somebody that role.")
    return register(username=username, email=email, password_hash=password_hash, at=at, role=role, by=by)


def mark_email_confirmed(user: User, *, by: User | None) -> None:
    """Mark the email address as confirmed, where emails do not arrive."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to change this account.")
    confirm_email(user, at=clock.now())


@requires_recent_authentication("Make a link with which somebody sets a new password")
def reset_link(user: User, *, by: User | None) -> AccountToken:
    """Create a password reset link, which the administrator passes on."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to change this account.")
    if user.is_byline:
        raise Conflict("This is a byline without an account. Invite the person to give them one.")
    audit.record("password.link_made", by=by, subject=user.username)
    return one_time_links.create(Purpose.RESET, user=user)


@requires_recent_authentication("Give somebody another role")
def set_role(user: User, role: Role, *, by: User | None) -> None:
    """Change somebody's role; raises `LastAdministrator` if no administrator would remain."""
    if by is not None and not (can_change_account(by, user) and can_grant(by, role)):
        raise NotAllowed("Your role does not allow you to give this person that role.")
    if user.is_unconfirmed and role.granted - user.role.granted:
        raise Conflict(UNCONFIRMED)
    if user.is_administrator and role.id != user.role_id:
        keep_an_administrator(user)
    before, user.role = user.role.name, role
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError:
        raise Conflict("Somebody else deleted this role in the meantime.") from None
    # Browsers get a new session secret with their next request: see `sessions.renew_secret`.
    sessions.end_api_clients(user)
    audit.record("role.changed", by=by, subject=user.username, before=before, after=role.name)


def disable(user: User, *, by: User | None) -> None:
    """Disable an account. Its texts stay."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to disable this account.")
    if user.is_administrator and user.is_active:
        keep_an_administrator(user)
    user.is_active = False
    sessions.end_all(user)
    one_time_links.revoke(user)
    personal_tokens.revoke_all(user)
    closure = db.session.get(AccountClosure, user.id)
    if closure is not None:
        closure.is_revocable = False
    audit.record("account.disabled", by=by, subject=user.username)


def enable(user: User, *, by: User | None) -> None:
    """Enable a disabled account, and cancel its pending deletion."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to enable this account.")
    user.is_active = True
    db.session.execute(delete(AccountClosure).where(AccountClosure.user_id == user.id))
    one_time_links.revoke(user, Purpose.UNDO)
    audit.record("account.enabled", by=by, subject=user.username)
