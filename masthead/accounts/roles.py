"""The roles of this publication: what each allows, and roles of one's own."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.accounts import queries, role_actions
from masthead.accounts.access import current_user, requires
from masthead.accounts.forms import RoleDeletionForm, RoleForm
from masthead.accounts.freshness import freshly_signed_in
from masthead.accounts.models import Role, User
from masthead.accounts.permissions import ADMINISTRATOR, Permission, can_change_role, can_grant
from masthead.accounts.role_actions import Draft
from masthead.db import db
from masthead.errors import Conflict, Invalid, NotAllowed
from masthead.web.forms import redisplays_expired_form

bp = Blueprint("roles", __name__)

FIRST_RANK = 20


@bp.get("")
@requires(Permission.MANAGE_ROLES)
def index() -> ResponseReturnValue:
    """Every role, the highest first, with what it allows and how many have it."""
    by = current_user()
    roles = list(db.session.scalars(queries.roles()))
    return render_template(
        "accounts/roles.html",
        roles=roles[::-1],
        people=queries.people_by_role(),
        may_change=lambda role: can_change_role(by, role),
        permissions=list(Permission),
    )


@bp.route("/create", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROLES)
@freshly_signed_in
@redisplays_expired_form
def create() -> ResponseReturnValue:
    """Make a role."""
    by = queries.get(current_user().id)
    form = RoleForm() if request.method == "POST" else RoleForm(rank=FIRST_RANK)
    _offer_permissions(form, by)
    if form.validate_on_submit():
        try:
            role_actions.create(_draft(form), by=by)
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            return _back(f"The role {form.title.data} can be given to people now.")
    return _edit_page(form, None)


@bp.route("/<int:role_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROLES)
@freshly_signed_in
@redisplays_expired_form
def edit(role_id: int) -> ResponseReturnValue:
    """Change a role."""
    by, role = queries.get(current_user().id), queries.role_with_id(role_id)
    if not can_change_role(by, role):
        raise NotAllowed("Your role does not allow you to change this role.")
    form = _form_of(role, by)
    if form.validate_on_submit():
        try:
            role_actions.revise(role, _draft(form, role), by=by, expected_version=form.version.data or "")
        except (Invalid, Conflict) as error:
            db.session.rollback()
            form.show(error)
            return _edit_page(form, queries.role_with_id(role_id), 422 if isinstance(error, Invalid) else 409)
        db.session.commit()
        return _back("The role is saved. It counts from the next click of everybody who has it.")
    return _edit_page(form, role)


@bp.route("/<int:role_id>/delete", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROLES)
@freshly_signed_in
@redisplays_expired_form
def delete(role_id: int) -> ResponseReturnValue:
    """Delete a role; whoever has it gets another one."""
    by, role = queries.get(current_user().id), queries.role_with_id(role_id)
    if role.is_built_in or not can_change_role(by, role):
        raise NotAllowed("Built-in roles, and those that are not below yours, cannot be deleted.")
    form, title = _deletion_form(role, by), role.title
    if form.validate_on_submit():
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
    people = queries.people_by_role().get(role_id, 0)
    return render_template("accounts/delete_role.html", form=form, role=role, people=people), _status()


def _deletion_form(role: Role, by: User) -> RoleDeletionForm:
    """The form, which asks for a role only where somebody needs another one."""
    form = RoleDeletionForm()
    others = [other for other in db.session.scalars(queries.roles()) if other.id != role.id]
    form.heir.choices = [(other.name, other.title) for other in others if can_grant(by, other)]
    if not role_actions.is_needed(role):
        del form.heir
    return form


def _form_of(role: Role, by: User) -> RoleForm:
    """The form filled in with the role; administrators keep their rights and rank, so those are not asked."""
    values = {"permissions": role.permissions, "version": role.version}
    form = RoleForm(obj=role, **values) if request.method == "GET" else RoleForm()
    _offer_permissions(form, by)
    if role.name == ADMINISTRATOR:
        del form.permissions, form.rank
    return form


def _offer_permissions(form: RoleForm, by: User) -> None:
    """The rights that the person has: nobody gives more."""
    form.permissions.choices = [(right.value, right.sentence) for right in Permission if by.can(right)]


def _draft(form: RoleForm, role: Role | None = None) -> Draft:
    is_fixed = role is not None and role.name == ADMINISTRATOR
    return Draft(
        title=form.title.data or "",
        rank=role.rank if role is not None and is_fixed else form.rank.data or 0,
        permissions=role.granted
        if role is not None and is_fixed
        else frozenset(map(Permission, form.permissions.data or ())),
        requires_second_factor=bool(form.requires_second_factor.data),
    )


def _edit_page(form: RoleForm, role: Role | None, status: int | None = None) -> ResponseReturnValue:
    people = queries.people_by_role().get(role.id, 0) if role is not None else 0
    return render_template(
        "accounts/edit_role.html", form=form, role=role, people=people
    ), status or _status()


def _status() -> int:
    return 422 if request.method == "POST" else 200


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("roles.index"), code=303)
