"""The page of people: search, change of role, disabling and enabling of accounts."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.api_tokens import personal_tokens
from masthead.db import count_of, db, paginate
from masthead.errors import Conflict
from masthead.people import queries
from masthead.people.access import current_user, requires
from masthead.people.authorization import can_grant
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.people.reauthentication import requires_reauthentication
from masthead.user_admin import actions as user_admin_actions
from masthead.user_admin import invitations, read_models
from masthead.web.paging import page_number
from masthead.web.safe_redirects import redirect_back

bp = Blueprint("user_admin", __name__)

PEOPLE_PER_PAGE = 50


@bp.get("")
@requires(Permission.MANAGE_USERS)
def index() -> ResponseReturnValue:
    """List the accounts, filtered by ``?q=`` and ``?role=``."""
    by = current_user()
    roles = list(db.session.scalars(queries.roles()))
    wanted = request.args.get("q", "").strip()
    role = request.args.get("role", "")
    people = queries.accounts_like(wanted) if wanted else queries.accounts()
    if role:
        people = people.where(User.role_id == queries.role(role).id)
    page = paginate(people, page=page_number(), per_page=PEOPLE_PER_PAGE)
    with_tokens = personal_tokens.owners_among(user.id for user in page.items)
    return render_template(
        "accounts/people.html",
        page=page,
        rows=[read_models.person_row(user, by, with_tokens=with_tokens) for user in page.items],
        wanted=wanted,
        role=role,
        roles=roles,
        grantable=[other for other in roles if can_grant(by, other)],
        invited=db.session.scalar(count_of(invitations.open_invitations())) or 0,
        takes_invitations=invitations.are_open(),
    )


@bp.post("/<int:user_id>/role")
@requires(Permission.MANAGE_USERS)
@requires_reauthentication
def set_role(user_id: int) -> ResponseReturnValue:
    """Change somebody's role, with effect from their next request."""
    user, by = _both(user_id)
    role = queries.role(request.form.get("role", ""))
    if role.id == user.role_id:
        return _back(f"{user.display_name} has this role already.")
    try:
        user_admin_actions.set_role(user, role, by=by)
    except Conflict as conflict:
        return _refuse(conflict)
    db.session.commit()
    return _back(f"{user.display_name} has the role {role.title} now.")


@bp.post("/<int:user_id>/disable")
@requires(Permission.MANAGE_USERS)
def disable(user_id: int) -> ResponseReturnValue:
    """Disable an account."""
    user, by = _both(user_id)
    try:
        user_admin_actions.disable(user, by=by)
    except Conflict as conflict:
        return _refuse(conflict)
    db.session.commit()
    return _back(f"{user.display_name} is signed out and cannot sign in any more. Their texts stay.")


@bp.post("/<int:user_id>/enable")
@requires(Permission.MANAGE_USERS)
def enable(user_id: int) -> ResponseReturnValue:
    """Enable a disabled account, and cancel its pending deletion."""
    user, by = _both(user_id)
    user_admin_actions.enable(user, by=by)
    db.session.commit()
    return _back(f"{user.display_name} can sign in again.")


def _both(user_id: int) -> tuple[User, User]:
    """Return the affected user, and the current user as stored now: their role may have changed since the request began."""
    return queries.get(user_id), queries.get(current_user().id)


def _back(sentence: str, category: str = "message") -> ResponseReturnValue:
    flash(sentence, category)
    return redirect_back(url_for("user_admin.index"))


def _refuse(conflict: Conflict) -> ResponseReturnValue:
    db.session.rollback()
    return _back(conflict.message, "error")
