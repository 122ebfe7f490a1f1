"""Actions on accounts and profiles. Callers hash passwords before the transaction (`masthead.login.passwords`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

import structlog
from sqlalchemy.exc import IntegrityError

from masthead import audit, time_zones
from masthead.db import db
from masthead.errors import Mistakes, NotAllowed
from masthead.people import notifications, queries
from masthead.people.authorization import can_change_account
from masthead.people.errors import EmailTaken, LastAdministrator, UsernameTaken
from masthead.people.models import Role, User
from masthead.people.names import display_names
from masthead.people.notifications import Notification
from masthead.people.permissions import READER
from masthead.people.validation import check_avatar, check_display_name, normalize_email, normalize_username
from masthead.text.names import name_key
from masthead.unset import UNSET, Unset, chosen

log = structlog.get_logger(__name__)


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
    """Create an account; raises `Invalid`, `UsernameTaken` or `EmailTaken`. The CLI passes ``by_themself=False``."""
    email = _checked_identity(username, email, name)
    user = User(
        name=name,
        username=username,
        username_key=name_key(username),
        email=email,
        email_key=queries.email_key(email),
        password_hash=password_hash,
        role=role or queries.role(READER),
        # An account that somebody else creates counts as confirmed: its creator vouches for the address.
        confirmed_at=at if is_confirmed or by is not None or not by_themself else None,
        created_at=at,
        updated_at=at,
    )
    insert(user)
    maker = by or (user if by_themself else None)
    audit.record("account.created", by=maker, subject=user.username, role=user.role.name)
    return user


def _checked_identity(username: str, email: str, name: str) -> str:
    """Return the normalized address; raises `Invalid` for a user name, name or address that a new account cannot have."""
    mistakes = Mistakes()
    with mistakes:
        normalize_username(username)
        if display_names.is_displayed(username, of=None):
            raise UsernameTaken(username)
    with mistakes:
        display_names.check(name, of=None)
    with mistakes:
        email = normalize_email(email)
    mistakes.settle()
    return email


def insert(user: User) -> None:
    """Insert the user in a savepoint; a violated constraint becomes a domain error, and the transaction stays usable."""
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        raise_taken(error, user)


def raise_taken(error: IntegrityError, user: User) -> NoReturn:
    # SQLite names the column, PostgreSQL the constraint; both contain this word.
    if "email_key" in str(error.orig):
        raise EmailTaken(user.email or "") from None
    raise UsernameTaken(user.username) from None


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
    """Change the public profile and the time zone. Omitted fields stay as they are."""
    if by.id != user.id and not can_change_account(by, user):
        raise NotAllowed("Only the person or an administrator can change this profile.")
    mistakes = Mistakes()
    with mistakes:
        if not isinstance(name, Unset):
            check_display_name(user, name)
    with mistakes:
        if not isinstance(avatar, Unset):
            check_avatar(user, avatar)
    mistakes.settle()
    user.name, user.bio = chosen(name, user.name), chosen(bio, user.bio)
    user.website = chosen(website, user.website)
    user.time_zone = chosen(time_zone, user.time_zone)
    user.has_chosen_time_zone = user.has_chosen_time_zone or not isinstance(time_zone, Unset)
    user.avatar = chosen(avatar, user.avatar) or None


def guess_time_zone(user: User, name: str) -> None:
    """Take the zone of the person's browser for their own, unless they have one or chose that of the publication.

    The name comes from a script: an unknown one is no mistake of the person's, and changes nothing.
    """
    if user.time_zone or user.has_chosen_time_zone:
        return
    try:
        zone = time_zones.canonical(name)
    except ValueError:
        log.info("the browser's time zone is unknown", name=name[: time_zones.NAME_CHARACTERS])
        return
    row = queries.get(user.id)
    if not row.has_chosen_time_zone:
        row.time_zone = row.time_zone or zone


def choose_emails(user: User, choices: Mapping[Notification, bool], *, by: User) -> None:
    """Switch kinds of email on or off. Omitted kinds stay as they are."""
    if by.id != user.id:
        raise NotAllowed("Only the person can choose which emails they get.")
    notifications.choose(user, choices)


def keep_an_administrator(user: User) -> None:
    """Raise `LastAdministrator` if nobody else could administer the site."""
    others = [
        user_id for user_id in db.session.scalars(queries.active_administrators()) if user_id != user.id
    ]
    if not others:
        raise LastAdministrator
