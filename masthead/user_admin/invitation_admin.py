"""The page of open invitations: renew and withdraw them."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.db import db, paginate
from masthead.login.one_time_links import Purpose
from masthead.mail import delivery
from masthead.people import queries
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.people.reauthentication import requires_reauthentication
from masthead.user_admin import credentials_admin, invitations, read_models
from masthead.web.paging import page_number
from masthead.web.safe_redirects import redirect_back

bp = Blueprint("invitations_admin", __name__)

PER_PAGE = 50


@bp.get("")
@requires(Permission.MANAGE_USERS)
def index() -> ResponseReturnValue:
    """List the open invitations."""
    by = current_user()
    page = paginate(invitations.open_invitations(), page=page_number(), per_page=PER_PAGE)
    roles = {role.id: role for role in db.session.scalars(queries.roles())}
    void = invitations.void_among(page.items, roles)
    return render_template(
        "accounts/invitations.html",
        page=page,
        rows=[
            read_models.invitation_row(token, roles[token.role_id or 0], by, is_void=token.id in void)
            for token in page.items
        ],
        takes_invitations=invitations.are_open(),
        mail_is_on=delivery.is_on(),
    )


@bp.post("/<int:invitation_id>/again")
@requires(Permission.MANAGE_USERS)
@requires_reauthentication
def again(invitation_id: int) -> ResponseReturnValue:
    """Renew an invitation: a new link for seven days, and a new email if mail is on. The old link stops working."""
    invitations.check_open()
    token, role = invitations.get(invitation_id, request.form.get("mark", ""))
    email = token.email
    link = invitations.invite(email, role, by=current_user())
    db.session.commit()
    return credentials_admin.show_link(Purpose.INVITE, link, f"Invitation for {email}")


@bp.post("/<int:invitation_id>/withdraw")
@requires(Permission.MANAGE_USERS)
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Withdraw an invitation. Withdrawing needs no recent authentication."""
    mark = request.form.get("mark", "")
    email = invitations.withdraw(invitation_id, mark, by=current_user())
    db.session.commit()
    flash(f"The invitation for {email} is withdrawn. The link no longer works.")
    return redirect_back(url_for("invitations_admin.index"))
