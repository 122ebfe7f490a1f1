"""Changing accounts. Passwords arrive as hashes, made before the transaction (see `passwords`)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from masthead import audit, clock, pagecache
from masthead.api_tokens import personal_tokens
from masthead.db import db
from masthead.errors import Conflict, Invalid, Mistakes, NotAllowed
from masthead.login import one_time_links, sessions
from masthead.login.one_time_links import Purpose
from masthead.mfa import actions as mfa_actions
from masthead.people import display_names, notifications, queries, reserved_names
from masthead.people.errors import EmailTaken, LastAdministrator, UsernameTaken
from masthead.people.models import (
    USERNAME_CHARACTERS,
    USERNAME_KEY_CHARACTERS,
    AccountClosure,
    AccountToken,
    Role,
    User,
)
from masthead.people.notifications import Notification
from masthead.people.permissions import READER, can_change_account, can_grant
from masthead.people.recent_authentication import needs_fresh_proof
from masthead.text.names import has_hidden_characters, lookalike_key, mixes_scripts, name_key, tidy_name
from masthead.unset import UNSET, Unset, chosen

UNCONFIRMED = (
    "Nobody has confirmed the address of this account, so it may be somebody else's. Invite the address: whoever opens "
    "the link in the letter gets the account, with that role."
)
USERNAME = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
#: A path of the media store, without anything that would lead out of it or out of the attribute that it is written into.
PORTRAIT = re.compile(r"/media/(?!.*\.\.)[\w./-]{1,500}", re.ASCII)


def register(
    *,
    username: str,
    email: str,
    password_hash: str,
    at: datetime,
    role: Role | None = None,
    by_themself: bool = True,
    by: User | None = None,
    is_confirmed: bool = False,
    name: str = "",
) -> User:
    """Make an account; raises `Invalid`, `UsernameTaken` or `EmailTaken`. The shell makes it for somebody else."""
    email = _checked_identity(username, email, name)
    user = User(
        name=name,
        username=username,
        username_key=name_key(username),
        email=email,
        email_key=queries.email_key(email),
        password_hash=password_hash,
        role=role or queries.role(READER),
        # Whoever makes an account for somebody vouches for the address.
        confirmed_at=at if is_confirmed or by is not None or not by_themself else None,
        created_at=at,
        updated_at=at,
    )
    insert(user)
    maker = by or (user if by_themself else None)
    audit.record("account.created", by=maker, subject=user.username, role=user.role.name)
    return user


@needs_fresh_proof("Make an account for somebody")
def create(*, username: str, email: str, password_hash: str, role: Role, by: User, at: datetime) -> User:
    """Make an account for somebody, as an administrator; raises `Invalid`, `UsernameTaken` or `EmailTaken`."""
    if not can_grant(by, role):
        raise NotAllowed("Your role does not allow you to give somebody that role.")
    return register(username=username, email=email, password_hash=password_hash, at=at, role=role, by=by)


def _checked_identity(username: str, email: str, name: str) -> str:
    """The address in its normal form; raises `Invalid` for all that a new account cannot have, or would confuse readers with."""
    mistakes = Mistakes()
    with mistakes:
        checked_username(username)
        if display_names.is_shown(username, of=None):
            raise UsernameTaken(username)
    with mistakes:
        display_names.check(name, of=None)
    with mistakes:
        email = checked_email(email)
    mistakes.settle()
    return email


def can_be_username(username: str) -> bool:
    """Whether the name has the form of a user name; accounts ask for more, see `checked_username`."""
    shortest, longest = USERNAME_CHARACTERS
    return shortest <= len(username) <= longest and _reads_as_username(username)


def _reads_as_username(username: str) -> bool:
    # One sign can stand for a whole phrase, which the key spells out.
    return USERNAME.fullmatch(username) is not None and len(name_key(username)) <= USERNAME_KEY_CHARACTERS


def insert(user: User) -> None:
    """Insert, turning a violated constraint into a domain error, with the transaction still usable."""
    try:
        pagecache.invalidate("people")
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        _refuse(error, user)


def _refuse(error: IntegrityError, user: User) -> NoReturn:
    # SQLite names the column, PostgreSQL the constraint; both hold this word.
    if "email_key" in str(error.orig):
        raise EmailTaken(user.email or "") from None
    raise UsernameTaken(user.username) from None


def checked_username(username: str) -> str:
    """The user name, if it can be one; raises `Invalid`."""
    shortest, longest = USERNAME_CHARACTERS
    if not shortest <= len(username) <= longest:
        raise Invalid(f"A user name has {shortest} to {longest} characters.", field="username")
    if not _reads_as_username(username):
        raise Invalid(
            "A user name holds letters, digits, hyphens, dots and underscores, and begins and ends with a letter or digit.",
            field="username",
        )
    if has_hidden_characters(username) or mixes_scripts(username):
        raise Invalid(
            "A user name is written in one script, with letters that can be seen.", field="username"
        )
    if lookalike_key(username) in reserved_names.NAMES:
        raise Invalid("This user name is reserved. Choose another one.", field="username")
    return username


def checked_email(email: str) -> str:
    """The address in its normal form, if it can be one; raises `Invalid`."""
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise Invalid(
            "This is not an email address. It should look like name@example.org.", field="email"
        ) from None


def update_profile(
    user: User,
    *,
    by: User,
    name: str | Unset = UNSET,
    bio: str | Unset = UNSET,
    website: str | Unset = UNSET,
    time_zone: str | Unset = UNSET,
    avatar: str | Unset | None = UNSET,
) -> None:
    """Change what readers see of somebody, and the time zone in which they work: what is given, and nothing else."""
    if by.id != user.id and not can_change_account(by, user):
        raise NotAllowed("Only the person or an administrator can change this profile.")
    mistakes = Mistakes()
    with mistakes:
        if not isinstance(name, Unset):
            check_name_of(user, name)
    with mistakes:
        if not isinstance(avatar, Unset):
            check_avatar_of(user, avatar)
    mistakes.settle()
    user.name, user.bio = chosen(name, user.name), chosen(bio, user.bio)
    user.website = chosen(website, user.website)
    user.time_zone = chosen(time_zone, user.time_zone)
    user.avatar = chosen(avatar, user.avatar) or None
    pagecache.invalidate(f"author:{user.id}")


def choose_emails(user: User, choices: Mapping[Notification, bool], *, by: User) -> None:
    """Switch kinds of email on or off; kinds that are not named stay as they are."""
    if by.id != user.id:
        raise NotAllowed("Only the person can choose which emails they get.")
    notifications.choose(user, choices)


def check_name_of(user: User | None, name: str) -> None:
    """Raise `Invalid` if readers would take a new name for somebody else's; without ``user`` that of a new account."""
    if user is None or tidy_name(name) != user.name:
        display_names.check(name, of=user)


def check_avatar_of(user: User | None, address: str | None) -> None:
    """Raise `Invalid` unless it is a picture of this site, none, or what was there."""
    is_new = bool(address) and (user is None or address != user.avatar)
    if is_new and not PORTRAIT.fullmatch(address or ""):
        raise Invalid(
            "The address of a portrait begins with /media/: a picture of this site.", field="avatar"
        )


def set_password_hash(user: User, password_hash: str, *, by: User | None) -> None:
    """Store a new password, which ends every login made with the old one, and voids links that set one or another address."""
    user.password_hash = password_hash
    sessions.end_all(user)
    one_time_links.void(user, Purpose.RESET)
    one_time_links.void_changes_of_address(user)
    audit.record("password.changed", by=by, subject=user.username)


def reset_password(user: User, password_hash: str, *, by: User | None) -> None:
    """Store a new password for somebody who lost the one before; tokens of programs end as well."""
    set_password_hash(user, password_hash, by=by)
    if personal_tokens.void(user):
        audit.record("tokens.ended", by=by, subject=user.username)


def change_email(user: User, email: str, *, by: User | None, at: datetime, is_confirmed: bool) -> None:
    """Give the account another address, which voids every link that was sent to the one before; raises `EmailTaken`."""
    checked = checked_email(email)
    before = user.email or ""
    try:
        with db.session.begin_nested():
            user.email, user.email_key = checked, queries.email_key(checked)
            user.confirmed_at = at if is_confirmed else None
            db.session.flush()
    except IntegrityError:
        raise EmailTaken(checked) from None
    one_time_links.void(user, Purpose.RESET, Purpose.CONFIRM)
    audit.record("address.changed", by=by, subject=user.username, before=before, after=checked)


def confirm_email(user: User, *, at: datetime) -> None:
    """Note that letters to the address reach this person; the first time, everything set up before ends.

    Anybody can register an address. Until a letter to it is answered, whoever set the account up need not be its owner,
    so logins, second factors and tokens go. The caller decides about the password.
    """
    if user.confirmed_at is None:
        mfa_actions.remove_all(user)
        sessions.end_all(user)
        personal_tokens.void(user)
        one_time_links.void(user)
    user.confirmed_at = at
    one_time_links.void(user, Purpose.CONFIRM)
    audit.record("address.confirmed", by=user, subject=user.username)


def vouch_for(user: User, *, by: User | None) -> None:
    """Count the address as confirmed, as the shell may: where letters do not arrive."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to change this account.")
    confirm_email(user, at=clock.now())


def forget_password(user: User) -> None:
    """Let no password open the account any more, until its owner sets one."""
    user.password_hash = None
    audit.record("password.removed", by=None, subject=user.username)


def take_over(user: User, *, username: str, password_hash: str, role: Role, at: datetime) -> None:
    """Give an account whose address nobody had confirmed to its owner, who was invited: nothing of it stays but its id."""
    before = user.username
    if display_names.is_shown(username, of=user):
        raise UsernameTaken(username)
    try:
        with db.session.begin_nested():
            user.username = checked_username(username)
            user.username_key, user.username_lookalike = name_key(username), lookalike_key(username)
            db.session.flush()
    except IntegrityError as error:
        _refuse(error, user)
    confirm_email(user, at=at)
    user.password_hash, user.role, user.is_active = password_hash, role, True
    user.name, user.bio, user.website, user.avatar, user.time_zone = "", "", "", None, ""
    pagecache.invalidate("people")
    audit.record("account.taken_over", by=user, subject=user.username, before=before, role=role.name)


@needs_fresh_proof("Invite somebody, or make another link of an invitation")
def invite(email: str, role: Role, *, by: User | None) -> AccountToken:
    """Prepare an invitation, which replaces an earlier one; raises `EmailTaken`."""
    if by is not None and not can_grant(by, role):
        raise NotAllowed("Your role does not allow you to invite somebody with that role.")
    checked = checked_email(email)
    occupied = queries.by_email(checked)
    if occupied is not None and not occupied.is_unconfirmed:
        raise EmailTaken(checked)
    one_time_links.void_invitations(checked)
    audit.record("account.invited", by=by, subject=checked, role=role.name)
    return one_time_links.prepare(Purpose.INVITE, email=checked, role=role)


@needs_fresh_proof("Make a link with which somebody sets a new password")
def reset_link(user: User, *, by: User | None) -> AccountToken:
    """Prepare a link with which somebody sets a new password, for an administrator to hand over."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to change this account.")
    if user.is_byline:
        raise Conflict("This is a byline without an account. Invite the person to give them one.")
    audit.record("password.link_made", by=by, subject=user.username)
    return one_time_links.prepare(Purpose.RESET, user=user)


def renew_password_hash(user: User, password_hash: str) -> None:
    """Store the same password hashed with today's parameters, unless it was changed meanwhile; logins stay."""
    pagecache.no_invalidation("author")
    unchanged = (User.id == user.id, User.password_hash == user.password_hash)
    db.session.execute(update(User).where(*unchanged).values(password_hash=password_hash))


@needs_fresh_proof("Give somebody another role")
def set_role(user: User, role: Role, *, by: User | None) -> None:
    """Give somebody another role. Without ``by`` the shell asks, which may do everything but lock everybody out."""
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
    # Browsers get a new id with their next request: see `sessions.renew_secret`.
    sessions.end_clients(user)
    audit.record("role.changed", by=by, subject=user.username, before=before, after=role.name)


def disable(user: User, *, by: User | None) -> None:
    """Keep somebody from signing in; their texts stay."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to disable this account.")
    if user.is_administrator and user.is_active:
        keep_an_administrator(user)
    user.is_active = False
    sessions.end_all(user)
    one_time_links.void(user)
    personal_tokens.void(user)
    closure = db.session.get(AccountClosure, user.id)
    if closure is not None:
        closure.is_revocable = False
    audit.record("account.disabled", by=by, subject=user.username)


def enable(user: User, *, by: User | None) -> None:
    """Let somebody sign in again."""
    if by is not None and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to enable this account.")
    user.is_active = True
    db.session.execute(delete(AccountClosure).where(AccountClosure.user_id == user.id))
    one_time_links.void(user, Purpose.UNDO)
    audit.record("account.enabled", by=by, subject=user.username)


def sign_out_everywhere(user: User, *, by: User | None) -> None:
    """End every login of somebody."""
    if by is not None and by.id != user.id and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to sign this person out.")
    sessions.end_all(user)
    audit.record("sessions.ended", by=by, subject=user.username)


def end_tokens(user: User, *, by: User | None) -> None:
    """End every personal token of somebody; they stay signed in."""
    if by is not None and by.id != user.id and not can_change_account(by, user):
        raise NotAllowed("Your role does not allow you to end this person's tokens.")
    personal_tokens.void(user)
    audit.record("tokens.ended", by=by, subject=user.username)


def keep_an_administrator(user: User) -> None:
    """Raise `LastAdministrator` if nobody else could administer the site."""
    others = [
        user_id for user_id in db.session.scalars(queries.active_administrators()) if user_id != user.id
    ]
    if not others:
        raise LastAdministrator
