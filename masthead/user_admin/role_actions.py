"""Actions that create, change and delete roles, with effect from the next request of every session.

Each action locks all roles first, so that concurrent changes run one after the other.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError

from masthead import audit
from masthead.db import db
from masthead.errors import Conflict, Invalid, Mistakes, NotAllowed
from masthead.login import sessions
from masthead.login.models import AccountToken
from masthead.people import queries
from masthead.people.authorization import can_change_role, can_grant
from masthead.people.models import ROLE_NAME_CHARACTERS, ROLE_TITLE_CHARACTERS, Role, User
from masthead.people.permissions import ADMINISTERING, ADMINISTRATOR, HIGHEST_RANK, READER, Permission
from masthead.people.reauthentication import requires_recent_authentication
from masthead.text.names import name_key
from masthead.text.slugs import slugify

CHANGED_MEANWHILE = (
    "Somebody else changed this role in the meantime. Load the page again, and repeat your change."
)


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """The editable fields of a role."""

    title: str
    rank: int
    permissions: frozenset[Permission]
    requires_second_factor: bool = False


@requires_recent_authentication("Make a role")
def create(draft: RoleDraft, *, by: User) -> Role:
    """Create a role. Its name for the API and the CLI comes from the title, and never changes."""
    _lock()
    if not by.can(Permission.MANAGE_ROLES):
        raise NotAllowed("Your role does not allow you to create roles.")
    _check(draft, by=by)
    role = Role(
        name=_free_name(draft.title),
        title=draft.title,
        rank=draft.rank,
        permissions=_stored(draft.permissions),
        requires_second_factor=draft.requires_second_factor,
    )
    try:
        with db.session.begin_nested():
            db.session.add(role)
    except IntegrityError:
        raise Invalid("There is a role with this title, or one much like it.", field="title") from None
    audit.record("role.created", by=by, subject=role.name, **_described(role))
    return role


@requires_recent_authentication("Change a role")
def revise(role: Role, draft: RoleDraft, *, by: User, expected_version: str | None = None) -> None:
    """Change a role; raises `Conflict` after a concurrent change. New permissions renew sessions, and end API clients' sign-ins."""
    _lock()
    _must_exist(role)
    if not can_change_role(by, role):
        raise NotAllowed("Your role does not allow you to change this role.")
    if expected_version is not None and expected_version != role.version:
        raise Conflict(CHANGED_MEANWHILE)
    _check(draft, by=by, role=role)
    before = _described(role)
    rights = role.granted, role.rank
    role.title, role.rank, role.permissions = draft.title, draft.rank, _stored(draft.permissions)
    require_second_factor(role, draft.requires_second_factor, by=by)
    after = _described(role)
    changes = {
        key: {"before": before[key], "after": after[key]} for key in after if after[key] != before[key]
    }
    if changes:
        audit.record("role.edited", by=by, subject=role.name, **changes)
    if rights != (role.granted, role.rank):
        sessions.end_api_clients_of_role(role)


@requires_recent_authentication("Delete a role")
def delete(role: Role, *, by: User, heir: Role | None = None) -> None:
    """Delete a role that is not built in. People with the role, or invited to it, get the role ``heir``."""
    # Accepting an invitation locks it before the role. The same order here prevents deadlocks.
    db.session.scalars(_invitations(role).with_for_update()).all()
    _lock()
    _must_exist(role)
    if role.is_built_in:
        raise Conflict("This role is a part of Masthead, and cannot be deleted.")
    if not can_change_role(by, role):
        raise NotAllowed("Your role does not allow you to delete this role.")
    people = list(db.session.scalars(queries.users().where(User.role_id == role.id)))
    if is_needed(role):
        _reassign(role, people, heir, by=by)
    audit.record("role.deleted", by=by, subject=role.name, people=len(people), **_described(role))
    db.session.flush()
    db.session.delete(role)
    db.session.flush()


def is_needed(role: Role) -> bool:
    """Return True if somebody has the role, or is invited to it."""
    holder = select(User.id).where(User.role_id == role.id).limit(1)
    return any(
        db.session.scalar(statement) is not None for statement in (holder, _invitations(role).limit(1))
    )


def _reassign(role: Role, people: Iterable[User], heir: Role | None, *, by: User) -> None:
    if heir is None or heir.id == role.id:
        raise Invalid(
            "People have this role, or are invited to it. Choose the role that they get.", field="heir"
        )
    _must_exist(heir)
    if not can_grant(by, heir):
        raise NotAllowed("Your role does not allow you to give people that role.")
    sessions.end_api_clients_of_role(role)
    for person in people:
        person.role = heir
        audit.record("role.changed", by=by, subject=person.username, before=role.name, after=heir.name)
    db.session.execute(
        update(AccountToken).where(AccountToken.role_id == role.id).values(role_id=heir.id),
        execution_options={"synchronize_session": False},
    )


def _lock() -> None:
    """Lock all roles, and refresh them from the database."""
    locked = queries.roles().with_for_update().execution_options(populate_existing=True)
    db.session.scalars(locked).all()


def _invitations(role: Role) -> Select[AccountToken]:
    return select(AccountToken).where(AccountToken.role_id == role.id).order_by(AccountToken.id)


def _must_exist(role: Role) -> None:
    if db.session.scalar(select(Role.id).where(Role.id == role.id)) is None:
        raise Conflict("Somebody else deleted this role in the meantime.")


def _check(draft: RoleDraft, *, by: User, role: Role | None = None) -> None:
    """Raise `Invalid`, `NotAllowed` or `Conflict` if ``by`` cannot make such a role."""
    mistakes = Mistakes()
    with mistakes:
        check_title(draft.title, role)
    if role is not None and role.name == ADMINISTRATOR:
        if draft.permissions != role.granted or draft.rank != role.rank:
            raise Conflict(
                "Administrators keep every permission and their level, so that nobody is locked out."
            )
        mistakes.settle()
        return
    with mistakes:
        check_rank(draft.rank, by=by)
    if not draft.permissions <= by.role.granted:
        mistakes.settle()
        raise NotAllowed("You cannot give a role more permissions than you have.")
    with mistakes:
        check_permissions(draft.permissions, role)
    mistakes.settle()


def check_title(title: str, role: Role | None) -> None:
    """Raise `Invalid` unless the title has a valid length and is unique."""
    if not 1 <= len(title) <= ROLE_TITLE_CHARACTERS:
        raise Invalid(f"A title has 1 to {ROLE_TITLE_CHARACTERS} characters.", field="title")
    titles = db.session.execute(select(Role.id, Role.title)).all()
    taken = [row.id for row in titles if name_key(row.title) == name_key(title)]
    if taken and (role is None or taken != [role.id]):
        raise Invalid("There is a role with this title, or one much like it.", field="title")


def check_rank(rank: int, *, by: User) -> None:
    """Raise `Invalid` unless the rank is lower than that of ``by``."""
    highest = min(HIGHEST_RANK, by.role.rank) - 1
    if not 1 <= rank <= highest:
        raise Invalid(f"A level is a number from 1 to {highest}, below your own.", field="rank")


def check_permissions(permissions: Collection[str], role: Role | None) -> None:
    """Raise `Invalid` for administrative permissions of the reader role."""
    if role is not None and role.name == READER and ADMINISTERING.intersection(permissions):
        raise Invalid(
            "Everybody who registers is a reader, so readers cannot get permissions over people or the site.",
            field="permissions",
        )


def validate(said: Mapping[str, Any], role: Role | None, *, by: User) -> tuple[Invalid, ...]:
    """Return all errors of the input for a role. Omitted fields are not checked."""
    mistakes = Mistakes()
    with mistakes:
        if said.get("title") is not None:
            check_title(said["title"].strip(), role)
    with mistakes:
        if said.get("rank") is not None and (role is None or said["rank"] != role.rank):
            check_rank(said["rank"], by=by)
    with mistakes:
        if said.get("permissions") is not None:
            check_permissions(said["permissions"], role)
    return mistakes.found


def _free_name(title: str) -> str:
    """Return the slug of the title, with the first free number if it is taken."""
    taken = set(db.session.scalars(select(Role.name)))
    stem = slugify(title)[: ROLE_NAME_CHARACTERS - 4].strip("-")
    numbered = (f"{stem}-{number}" for number in count(2))
    return stem if stem not in taken else next(name for name in numbered if name not in taken)


def _stored(permissions: Iterable[Permission]) -> list[str]:
    wanted = set(permissions)
    return [permission.value for permission in Permission if permission in wanted]


def _described(role: Role) -> dict[str, object]:
    """Return the details for the audit log. The second factor has a record of its own."""
    granted = ", ".join(permission.value for permission in Permission if permission in role.granted)
    return {"title": role.title, "rank": role.rank, "permissions": granted}


def require_second_factor(role: Role, is_required: bool, *, by: User | None) -> None:
    """Require two-factor authentication for a role, or stop requiring it."""
    if by is not None and not by.can(Permission.MANAGE_ROLES):
        raise NotAllowed("Your role does not allow you to change roles.")
    if role.requires_second_factor != is_required:
        role.requires_second_factor = is_required
        if is_required:
            # These API clients signed in with a password alone.
            sessions.end_api_clients_of_role(role)
        audit.record("role.factor_required", by=by, subject=role.name, is_required=is_required)
