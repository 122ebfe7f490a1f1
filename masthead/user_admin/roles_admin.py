"""Pages on which administrators create, change and delete roles."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead.db import db
from masthead.errors import Conflict, Invalid, NotAllowed
from masthead.people import queries
from masthead.people.access import current_user, requires
from masthead.people.authorization import can_change_role, can_grant
from masthead.people.models import Role, User
from masthead.people.permissions import ADMINISTRATOR, Permission
from masthead.people.reauthentication import requires_reauthentication
from masthead.user_admin import read_models, role_actions
from masthead.user_admin.forms import RoleDeletionForm, RoleForm
from masthead.user_admin.role_actions import RoleDraft
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others

bp = Blueprint("roles_admin", __name__)

FIRST_RANK = 20


@bp.get("")
@requires(Permission.MANAGE_ROLES)
def index() -> ResponseReturnValue:
    """List the roles, the highest rank first, with permissions and number of people."""
    by = current_user()
    roles, people = list(db.session.scalars(queries.roles())), queries.people_by_role()
    return render_template(
        "accounts/roles.html",
        rows=[read_models.role_row(role, by, people=people.get(role.id, 0)) for role in roles[::-1]],
        permission_count=len(Permission),
    )


@bp.get("/create")
@requires(Permission.MANAGE_ROLES)
@requires_reauthentication
def create() -> ResponseReturnValue:
    """Show the form for a new role."""
    form = RoleForm(rank=FIRST_RANK)
    _offer_permissions(form, current_user())
    return _edit_page(form, None, 200)


@bp.post("/create")
@requires(Permission.MANAGE_ROLES)
@requires_reauthentication
@redisplays_expired_form
def store() -> ResponseReturnValue:
    """Create a role."""
    by, form = queries.get(current_user().id), RoleForm()
    _offer_permissions(form, by)
    if form.validate():
        try:
            role_actions.create(_draft(form), by=by)
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            return _back(f"The role {form.title.data} can be given to people now.")
    show_others(form, lambda: role_actions.validate(_said(form), None, by=current_user()))
    return _edit_page(form, None, 422)


@bp.get("/<int:role_id>")
@requires(Permission.MANAGE_ROLES)
@requires_reauthentication
def edit(role_id: int) -> ResponseReturnValue:
    """Show the form that changes a role."""
    by, role = current_user(), _changeable(role_id, current_user())
    form = RoleForm(obj=role, permissions=role.permissions, version=role.version)
    return _edit_page(_fitted(form, role, by), role, 200)


def _changeable(role_id: int, by: User) -> Role:
    role = queries.role_with_id(role_id)
    if not can_change_role(by, role):
        raise NotAllowed("Your role does not allow you to change this role.")
    return role


@bp.post("/<int:role_id>")
@requires(Permission.MANAGE_ROLES)
@requires_reauthentication
@redisplays_expired_form
def save(role_id: int) -> ResponseReturnValue:
    """Change a role."""
    by = queries.get(current_user().id)
    role = _changeable(role_id, by)
    form = _fitted(RoleForm(), role, by)
    if form.validate():
        try:
            role_actions.revise(role, _draft(form, role), by=by, expected_version=form.version.data or "")
        except (Invalid, Conflict) as error:
            db.session.rollback()
            form.show(error)
            return _edit_page(form, queries.role_with_id(role_id), 422 if isinstance(error, Invalid) else 409)
        db.session.commit()
        return _back("The role is saved. It counts from the next click of everybody who has it.")
    show_others(
        form, lambda: role_actions.validate(_said(form), queries.role_with_id(role_id), by=current_user())
    )
    return _edit_page(form, queries.role_with_id(role_id), 422)


def _said(form: RoleForm) -> dict[str, Any]:
    """Return the fields with a valid form."""
    said = form.right("title") | {"permissions": form.permissions.data or []}
    return said if form.rank.errors else said | {"rank": form.rank.data}


@bp.get("/<int:role_id>/delete")
@requires(Permission.MANAGE_ROLES)
@requires_reauthentication
def delete(role_id: int) -> ResponseReturnValue:
    """Show the form that deletes a role."""
    role = _deletable(role_id, current_user())
    return _deletion_page(_deletion_form(role, current_user()), role, 200)


def _deletable(role_id: int, by: User) -> Role:
    role = queries.role_with_id(role_id)
    if role.is_built_in or not can_change_role(by, role):
        raise NotAllowed("You cannot delete built-in roles, or roles that are not below your own.")
    return role


@bp.post("/<int:role_id>/delete")
@requires(Permission.MANAGE_ROLES)
@requires_reauthentication
@redisplays_expired_form
def remove(role_id: int) -> ResponseReturnValue:
    """Delete a role. Its people get another one."""
    by = queries.get(current_user().id)
    role = _deletable(role_id, by)
    form, title = _deletion_form(role, by), role.title
    if form.validate():
        try:
            heir = queries.role(form.heir.data) if form.heir else None
            role_actions.delete(role, by=by, heir=heir)
        except Invalid as error:
            db.session.rollback()
            role = queries.role_with_id(role_id)
            form = _deletion_form(role, queries.get(current_user().id))
            form.show(error)
        else:
            db.session.commit()
            return _back(f"The role {title} is deleted.")
    return _deletion_page(form, role, 422)


def _deletion_page(form: RoleDeletionForm, role: Role, status: int) -> ResponseReturnValue:
    people = queries.people_by_role().get(role.id, 0)
    return render_template("accounts/delete_role.html", form=form, role=role, people=people), status


def _deletion_form(role: Role, by: User) -> RoleDeletionForm:
    """Make the form. It asks for another role only if people have this one."""
    form = RoleDeletionForm()
    others = [other for other in db.session.scalars(queries.roles()) if other.id != role.id]
    form.heir.choices = [(other.name, other.title) for other in others if can_grant(by, other)]
    if not role_actions.is_needed(role):
        del form.heir
    return form


def _fitted(form: RoleForm, role: Role, by: User) -> RoleForm:
    """Fit the form to the role: permissions and rank of administrators are fixed, so their fields are removed."""
    _offer_permissions(form, by)
    if role.name == ADMINISTRATOR:
        del form.permissions, form.rank
    return form


def _offer_permissions(form: RoleForm, by: User) -> None:
    """Offer the permissions that the user has, since nobody can grant more."""
    form.permissions.choices = [(right.value, right.sentence) for right in Permission if by.can(right)]


def _draft(form: RoleForm, role: Role | None = None) -> RoleDraft:
    is_fixed = role is not None and role.name == ADMINISTRATOR
    return RoleDraft(
        title=form.title.data or "",
        rank=role.rank if role is not None and is_fixed else form.rank.data or 0,
        permissions=role.granted
        if role is not None and is_fixed
        else frozenset(map(Permission, form.permissions.data or ())),
        requires_second_factor=bool(form.requires_second_factor.data),
    )


def _edit_page(form: RoleForm, role: Role | None, status: int) -> ResponseReturnValue:
    people = queries.people_by_role().get(role.id, 0) if role is not None else 0
    is_fixed = role is not None and role.name == ADMINISTRATOR
    page = render_template("accounts/edit_role.html", form=form, role=role, is_fixed=is_fixed, people=people)
    return page, status


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("roles_admin.index"), code=303)
