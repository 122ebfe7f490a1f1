"""API of roles."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, url_for

from masthead.errors import Invalid
from masthead.people import queries
from masthead.people.access import current_user, requires, requires_any
from masthead.people.models import Role
from masthead.people.permissions import Permission
from masthead.user_admin import role_actions
from masthead.user_admin.role_actions import RoleDraft
from masthead.user_admin.schemas import RoleAnswer, RoleChange, RoleHeir, RoleInput, Roles
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation
from masthead.web.api.paging import list_answer, located
from masthead.web.api.schemas import PageQuery

bp = Blueprint("roles_api", __name__)

READERS = (Permission.MANAGE_USERS, Permission.MANAGE_ROLES)


@bp.get("")
@requires_any(READERS)
@operation("List roles", tag="roles", query=PageQuery, answer=Roles, problems=(403, 404))
def index(query: PageQuery) -> Answer:
    """Select all roles, the lowest rank first."""
    return list_answer(Roles, queries.roles(), query, RoleAnswer.of)


@bp.get("/<name>")
@requires_any(READERS)
@operation("Read a role", tag="roles", answer=RoleAnswer, problems=(403, 404), is_conditional=True)
def show(name: str) -> Answer:
    """The title, rank and permissions of a role."""
    return _shown(queries.role(name))


def _shown(role: Role) -> Answer:
    return Answer(RoleAnswer.of(role), etag=role.version)


def _validate(said: dict[str, Any], name: str | None = None) -> Iterable[Invalid]:
    role = None if name is None else queries.role(name)
    return role_actions.validate(said, role, by=current_user())


@bp.post("")
@requires(Permission.MANAGE_ROLES)
@operation(
    "Create a role",
    tag="roles",
    body=RoleInput,
    answer=RoleAnswer,
    status=201,
    problems=(403, 409),
    is_conditional=True,
    validator=_validate,
)
def create(body: RoleInput) -> Response:
    """Its name comes from its title, and never changes."""
    draft = RoleDraft(body.title.strip(), body.rank, frozenset(body.permissions), body.requires_second_factor)
    role = role_actions.create(draft, by=current_user())
    return commit_and_answer(_made, role)


def _made(role: Role) -> Answer:
    return located(_shown(role), url_for("roles_api.show", name=role.name))


@bp.patch("/<name>")
@requires(Permission.MANAGE_ROLES)
@operation(
    "Change a role",
    tag="roles",
    body=RoleChange,
    answer=RoleAnswer,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
    validator=_validate,
)
def change(name: str, body: RoleChange) -> Response:
    """If its rights change, whoever has it goes on with a new session, and their API clients sign in again."""
    role = queries.role(name)
    check_match(role.version)
    asks = body.requires_second_factor
    draft = RoleDraft(
        title=role.title if body.title is None else body.title.strip(),
        rank=role.rank if body.rank is None else body.rank,
        permissions=role.granted if body.permissions is None else frozenset(body.permissions),
        requires_second_factor=role.requires_second_factor if asks is None else asks,
    )
    role_actions.revise(role, draft, by=current_user(), expected_version=role.version)
    return commit_and_answer(_shown, role)


@bp.delete("/<name>")
@requires(Permission.MANAGE_ROLES)
@operation(
    "Delete a role",
    tag="roles",
    query=RoleHeir,
    status=204,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
)
def delete(name: str, query: RoleHeir) -> Response:
    """People with the role get the role `heir`, which is required if there are any."""
    role = queries.role(name)
    check_match(role.version)
    heir = queries.chosen_role(query.heir, field="heir") if query.heir is not None else None
    role_actions.delete(role, by=current_user(), heir=heir)
    return commit_and_answer(Answer, None)
