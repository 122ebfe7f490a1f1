"""Reading accounts and roles. Whatever loads a user loads the role with it, in the same query."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, undefer

from masthead.db import db
from masthead.errors import Invalid, NotFound
from masthead.people.models import AccountClosure, Role, User
from masthead.people.permissions import ADMINISTRATOR, Permission
from masthead.text.names import lookalike_key, name_key
from masthead.text.plain import is_storable

#: Each of so many keys stands twice in one statement, which is below the smallest limit of variables of either database.
AT_ONCE = 250


#: Loads with an account, in the same query, everything that decides what it may do (`User.can`).
WITH_RIGHTS = (joinedload(User.role, innerjoin=True), undefer(User.has_second_factor))


def users() -> Select[User]:
    """Everybody, with what decides their rights."""
    return select(User).options(*WITH_RIGHTS)


def accounts() -> Select[User]:
    """Everybody who can have a password, the newest first."""
    return users().where(User.is_byline.is_(False)).order_by(User.created_at.desc(), User.id.desc())


def accounts_like(wanted: str) -> Select[User]:
    """The accounts whose user name, name or address contains this."""
    return accounts().where(
        or_(
            User.username_key.contains(name_key(wanted), autoescape=True),
            User.name.icontains(wanted, autoescape=True),
            User.email_key.contains(email_key(wanted), autoescape=True),
        )
    )


def reachable_with(permission: Permission) -> Select[int]:
    """The ids of those who have a permission, and an address to which emails may be sent."""
    roles = [role.id for role in db.session.scalars(select(Role)) if permission in role.granted]
    is_account = (User.is_active, User.is_byline.is_(False), User.confirmed_at.is_not(None))
    return select(User.id).where(User.role_id.in_(roles), *is_account).order_by(User.id)


def get(user_id: int) -> User:
    """The user with this id; raises `NotFound`."""
    user = db.session.scalar(users().where(User.id == user_id))
    if user is None:
        raise NotFound("There is no such account.")
    return user


def get_for_update(user_id: int) -> User:
    """The user with this id, whom nobody else changes until this transaction ends; raises `NotFound`.

    Links are used with it, the account first and the link second: in one order nobody waits for ever.
    """
    locked = users().where(User.id == user_id).with_for_update(of=User)
    user = db.session.scalar(locked, execution_options={"populate_existing": True})
    if user is None:
        raise NotFound("There is no such account.")
    return user


def is_deletion_revocable(user_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the account waits for its deletion and signing in takes that back; as a part of a statement."""
    return exists().where(AccountClosure.user_id == user_id, AccountClosure.is_revocable)


def can_sign_in() -> ColumnElement[bool]:
    """Whether the owner of the account may sign in; as a part of a statement."""
    return or_(User.is_active, is_deletion_revocable(User.id))


def active_account(user_id: int) -> User:
    """The account with this id, if somebody may use it; raises `Invalid` otherwise."""
    user = get(user_id)
    may_enter_now = user.is_active or db.session.scalar(select(is_deletion_revocable(user_id)))
    if user.is_byline or user.is_unconfirmed or not may_enter_now:
        raise Invalid("This account cannot be used at present.")
    return user


def by_username(username: str) -> User | None:
    """The user with this name, however it is capitalised."""
    return db.session.scalar(users().where(User.username_key == name_key(username)))


def usernames_among(wanted: Iterable[str]) -> set[str]:
    """The keys of those of these user names that somebody has, or has one that looks like it."""
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
    """The account with this address."""
    return db.session.scalar(with_email(email))


def with_email(email: str) -> Select[User]:
    """The statement for the account with this address."""
    return users().where(User.email_key == email_key(email), User.is_byline.is_(False))


def email_key(email: str) -> str:
    """What makes two addresses the same for us: the case of their letters does not count."""
    return email.strip().casefold()


def by_username_or_email(identity: str) -> User:
    """The account with this user name or address; raises `NotFound`."""
    user = by_email(identity) if "@" in identity else by_username(identity)
    if user is None:
        raise NotFound(f"There is no account called {identity!r}.")
    return user


def role(name: str) -> Role:
    """The role with this name; raises `NotFound`, naming those that exist."""
    found = db.session.scalar(select(Role).where(Role.name == name)) if is_storable(name) else None
    if found is None:
        known = ", ".join(db.session.scalars(select(Role.name).order_by(Role.rank)))
        raise NotFound(f"There is no role called {name!r}. The roles are {known}.")
    return found


def chosen_role(name: str, *, field: str) -> Role:
    """The role that somebody names in a field; raises `Invalid` if there is none."""
    try:
        return role(name)
    except NotFound as error:
        raise Invalid(error.message, field=field) from None


def role_with_id(role_id: int) -> Role:
    """The role with this id; raises `NotFound`."""
    found = db.session.get(Role, role_id)
    if found is None:
        raise NotFound("There is no such role any more.")
    return found


def roles() -> Select[Role]:
    """All roles, the lowest level first."""
    return select(Role).order_by(Role.rank, Role.id)


def role_names() -> dict[int, str]:
    """The name of each role, by its id."""
    return {row[0]: row[1] for row in db.session.execute(select(Role.id, Role.name))}


def people_by_role() -> dict[int, int]:
    """How many people have each role, bylines too; a role that nobody has is not in it."""
    counts = select(User.role_id, func.count()).group_by(User.role_id)
    return {row[0]: row[1] for row in db.session.execute(counts)}


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return db.session.scalar(select(User.id).where(User.is_byline.is_(False)).limit(1)) is None


def active_administrators() -> Select[int]:
    """The ids of those who can administer, locked against a change by somebody else."""
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
    """How many people have an account."""
    return db.session.scalar(select(func.count()).select_from(User).where(User.is_byline.is_(False))) or 0


def has_second_factor(user_id: int) -> bool:
    """Return True if the account has an authenticator app or a passkey, so that its password alone opens nothing."""
    return bool(db.session.scalar(select(User.has_second_factor).where(User.id == user_id)))
