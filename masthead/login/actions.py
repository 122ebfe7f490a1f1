"""Actions on credentials: passwords, email addresses, sessions."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from masthead import audit
from masthead.api_tokens import personal_tokens
from masthead.db import db
from masthead.errors import NotAllowed
from masthead.login import one_time_links, sessions
from masthead.login.one_time_links import Purpose
from masthead.mfa import actions as mfa_actions
from masthead.people import queries
from masthead.people.actions import raise_taken
from masthead.people.authorization import can_change_account
from masthead.people.errors import EmailTaken, UsernameTaken
from masthead.people.models import AccountClosure, Role, User
from masthead.people.names import display_names
from masthead.people.validation import normalize_email, normalize_username
from masthead.text.names import lookalike_key, name_key


def cancel_deletion(user_id: int) -> bool:
    """Cancel the pending deletion of an account; return False if there is none, or it is not revocable."""
    waiting = (AccountClosure.user_id == user_id, AccountClosure.is_revocable)
    found = db.session.scalar(delete(AccountClosure).where(*waiting).returning(AccountClosure.user_id))
    if found is None:
        return False
    user = queries.get(user_id)
    user.is_active = True
    one_time_links.revoke(user, Purpose.UNDO)
    audit.record("account.kept", by=user, subject=user.username)
    return True


def set_password_hash(user: User, password_hash: str, *, by: User | None) -> None:
    """Store a new password. This ends all sessions, and revokes links that change the password or the address."""
    user.password_hash = password_hash
    sessions.end_all(user)
    one_time_links.revoke(user, Purpose.RESET)
    one_time_links.revoke_email_changes(user)
    audit.record("password.changed", by=by, subject=user.username)


def reset_password(user: User, password_hash: str, *, by: User | None) -> None:
    """Store a new password for somebody who lost the old one. This also revokes personal tokens."""
    set_password_hash(user, password_hash, by=by)
    if personal_tokens.revoke_all(user):
        audit.record("tokens.ended", by=by, subject=user.username)


def change_email(user: User, email: str, *, by: User | None, at: datetime, is_confirmed: bool) -> None:
    """Change the email address, and revoke links sent to the old one; raises `EmailTaken`."""
    checked = normalize_email(email)
    before = user.email or ""
    try:
        with db.session.begin_nested():
            user.email, user.email_key = checked, queries.email_key(checked)
            user.confirmed_at = at if is_confirmed else None
            db.session.flush()
    except IntegrityError:
        raise EmailTaken(checked) from None
    one_time_links.revoke(user, Purpose.RESET, Purpose.CONFIRM)
    audit.record("address.changed", by=by, subject=user.username, before=before, after=checked)


def confirm_email(user: User, *, at: datetime) -> None:
    """Confirm the email address. The first confirmation ends sessions, second factors and tokens.

    Anybody can register an address, so whoever created the account need not be its owner until the address is
    confirmed. The caller decides about the password.
    """
    if user.confirmed_at is None:
        mfa_actions.remove_all(user)
        sessions.end_all(user)
        personal_tokens.revoke_all(user)
        one_time_links.revoke(user)
    user.confirmed_at = at
    one_time_links.revoke(user, Purpose.CONFIRM)
    audit.record("address.confirmed", by=user, subject=user.username)


def remove_password(user: User) -> None:
    """Remove the password, so that the owner must set a new one."""
    user.password_hash = None
    audit.record("password.removed", by=None, subject=user.username)


def take_over(user: User, *, username: str, password_hash: str, role: Role, at: datetime) -> None:
    """Give an account with an unconfirmed address to its invited owner. Only the id of the account stays."""
    before = user.username
    if display_names.is_displayed(username, of=user):
        raise UsernameTaken(username)
    try:
        with db.session.begin_nested():
            user.username = normalize_username(username)
            user.username_key, user.username_lookalike = name_key(username), lookalike_key(username)
            db.session.flush()
    except IntegrityError as error:
        raise_taken(error, user)
    confirm_email(user, at=at)
    user.password_hash, user.role, user.is_active = password_hash, role, True
    user.name, user.bio, user.website, user.avatar, user.time_zone = "", "", "", None, ""
    audit.record("account.taken_over", by=user, subject=user.username, before=before, role=role.name)


def renew_password_hash(user: User, password_hash: str) -> None:
    """Store the same password with a new hash, unless it changed meanwhile. Sessions stay valid."""
    unchanged = (User.id == user.id, User.password_hash == user.password_hash)
    db.session.execute(update(User).where(*unchanged).values(password_hash=password_hash))


def sign_out_everywhere(user: User, *, by: User | None) -> None:
    """End every session of somebody."""
    if by is not None and by.id != user.id and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to sign this person out.")
    sessions.end_all(user)
    audit.record("sessions.ended", by=by, subject=user.username)


def end_tokens(user: User, *, by: User | None) -> None:
    """Revoke every personal token of somebody. Their sessions stay."""
    if by is not None and by.id != user.id and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to revoke this person's API tokens.")
    personal_tokens.revoke_all(user)
    audit.record("tokens.ended", by=by, subject=user.username)
