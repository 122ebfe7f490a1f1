"""Queries for accounts and roles. Every query for users loads their roles with them."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, undefer

from masthead.db import db
from masthead.errors import Invalid, NotFound
from masthead.people.models import AccountClosure, Role, User
from masthead.people.permissions import ADMINISTRATOR, Permission
from masthead.text.names import lookalike_key, name_key
from masthead.text.plain import is_storable

#: Names per statement. Each needs two variables, which stays below the limits of both databases.
AT_ONCE = 250


#: Loader options for everything that `User.can` needs, in the same query.
WITH_RIGHTS = (joinedload(User.role, innerjoin=True), undefer(User.has_second_factor))


def users() -> Select[User]:
    """Select all users, with everything that decides their permissions."""
    return select(User).options(*WITH_RIGHTS)


def accounts() -> Select[User]:
    """Select all users with an account, the newest first."""
    return users().where(User.is_byline.is_(False)).order_by(User.created_at.desc(), User.id.desc())


def accounts_like(wanted: str) -> Select[User]:
    """Select the accounts whose user name, name or email address contains the term."""
    return accounts().where(
        or_(
            User.username_key.contains(name_key(wanted), autoescape=True),
            User.name.icontains(wanted, autoescape=True),
            User.email_key.contains(email_key(wanted), autoescape=True),
        )
    )


def reachable_with(permission: Permission) -> Select[int]:
    """Select the ids of active accounts with the permission and a confirmed address."""
    roles = [role.id for role in db.session.scalars(select(Role)) if permission in role.granted]
    is_account = (User.is_active, User.is_byline.is_(False), User.confirmed_at.is_not(None))
    return select(User.id).where(User.role_id.in_(roles), *is_account).order_by(User.id)


def get(user_id: int) -> User:
    """Return the user with this id; raises `NotFound`."""
    user = db.session.scalar(users().where(User.id == user_id))
    if user is None:
        raise NotFound("There is no such account.")
    return user


def get_for_update(user_id: int) -> User:
    """Return the user with this id, locked until the transaction ends; raises `NotFound`.

    Code that redeems a link locks the account first and the link second, which prevents deadlocks.
    """
    locked = users().where(User.id == user_id).with_for_update(of=User)
    user = db.session.scalar(locked, execution_options={"populate_existing": True})
    if user is None:
        raise NotFound("There is no such account.")
    return user


def is_deletion_revocable(user_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return an SQL condition: a deletion of the account is pending, and signing in cancels it."""
    return exists().where(AccountClosure.user_id == user_id, AccountClosure.is_revocable)


def can_sign_in() -> ColumnElement[bool]:
    """Return an SQL condition: the account is active, or signing in cancels its deletion."""
    return or_(User.is_active, is_deletion_revocable(User.id))


def active_account(user_id: int) -> User:
    """Return the account with this id if its owner may sign in; raises `Invalid` otherwise."""
    user = get(user_id)
    may_enter_now = user.is_active or db.session.scalar(select(is_deletion_revocable(user_id)))
    if user.is_byline or user.is_unconfirmed or not may_enter_now:
        raise Invalid("This account cannot be used at present.")
    return user


def by_username(username: str) -> User | None:
    """Return the user with this name, in any spelling of upper and lower case."""
    return db.session.scalar(users().where(User.username_key == name_key(username)))


def usernames_among(wanted: Iterable[str]) -> set[str]:
    """Return the keys of the user names that are taken, by the same name or by a lookalike."""
    keys = sorted({key(username) for username in wanted for key in (name_key, lookalike_key)})
    chunks = (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
    return {
        key
        for chunk in chunks
        for row in db.session.execute(
            select(User.username_key, User.username_lookalike).where(
                or_(User.username_key.in_(chunk), User.username_lookalike.in_(chunk))
            )
        )
        for key in row
        if key is not None
    }


def by_email(email: str) -> User | None:
    """Return the account with this email address, or None."""
    return db.session.scalar(with_email(email))


def with_email(email: str) -> Select[User]:
    """Select the account with this email address."""
    return users().where(User.email_key == email_key(email), User.is_byline.is_(False))


def email_key(email: str) -> str:
    """Return the key by which email addresses are compared: without regard to upper and lower case."""
    return email.strip().casefold()


def by_username_or_email(identity: str) -> User:
    """Return the account with this user name or email address; raises `NotFound`."""
    user = by_email(identity) if "@" in identity else by_username(identity)
    if user is None:
        raise NotFound(f"There is no account called {identity!r}.")
    return user


def role(name: str) -> Role:
    """Return the role with this name; raises `NotFound`, which lists the existing names."""
    found = db.session.scalar(select(Role).where(Role.name == name)) if is_storable(name) else None
    if found is None:
        known = ", ".join(db.session.scalars(select(Role.name).order_by(Role.rank)))
        raise NotFound(f"There is no role called {name!r}. The roles are {known}.")
    return found


def chosen_role(name: str, *, field: str) -> Role:
    """Return the role named in a form field; raises `Invalid` if it does not exist."""
    try:
        return role(name)
    except NotFound as error:
        raise Invalid(error.message, field=field) from None


def role_with_id(role_id: int) -> Role:
    """Return the role with this id; raises `NotFound`."""
    found = db.session.get(Role, role_id)
    if found is None:
        raise NotFound("There is no such role any more.")
    return found


def roles() -> Select[Role]:
    """Select all roles, the lowest rank first."""
    return select(Role).order_by(Role.rank, Role.id)


def role_names() -> dict[int, str]:
    """Return the name of each role by its id."""
    return {row[0]: row[1] for row in db.session.execute(select(Role.id, Role.name))}


def people_by_role() -> dict[int, int]:
    """Count the people, bylines included, by role id. Roles without people are missing."""
    counts = select(User.role_id, func.count()).group_by(User.role_id)
    return {row[0]: row[1] for row in db.session.execute(counts)}


def is_empty() -> bool:
    """Return True if no account exists yet."""
    return db.session.scalar(select(User.id).where(User.is_byline.is_(False)).limit(1)) is None


def active_administrators() -> Select[int]:
    """Select and lock the ids of active administrators."""
    return (
        select(User.id)
        .where(
            User.is_active,
            User.role_id == select(Role.id).where(Role.name == ADMINISTRATOR).scalar_subquery(),
        )
        .order_by(User.id)
        .with_for_update()
    )


def count_of_accounts() -> int:
    """Count the accounts."""
    return db.session.scalar(select(func.count()).select_from(User).where(User.is_byline.is_(False))) or 0


def has_second_factor(user_id: int) -> bool:
    """Return True if the account has an authenticator app or a passkey, so that its password alone opens nothing."""
    return bool(db.session.scalar(select(User.has_second_factor).where(User.id == user_id)))
