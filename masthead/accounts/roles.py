"""The roles that ask for a second factor."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.accounts import factor_actions, queries
from masthead.accounts.access import current_user, requires
from masthead.accounts.freshness import freshly_signed_in
from masthead.accounts.permissions import Permission
from masthead.db import db

bp = Blueprint("roles", __name__)


@bp.get("/second-factor")
@requires(Permission.MANAGE_ROLES)
def second_factor() -> ResponseReturnValue:
    """Which roles ask for a second factor."""
    return render_template("accounts/role_factors.html", roles=list(db.session.scalars(queries.roles())))


@bp.post("/second-factor")
@requires(Permission.MANAGE_ROLES)
@freshly_signed_in
def require_second_factor() -> ResponseReturnValue:
    """Choose which roles ask for a second factor."""
    chosen = set(request.form.getlist("roles"))
    for role in db.session.scalars(queries.roles()):
        factor_actions.require(role, role.name in chosen, by=current_user())
    db.session.commit()
    flash("Your choice is saved. Whoever has no second factor yet sets one up at their next click.")
    return redirect(url_for("roles.second_factor"), code=303)
