"""Pages for invitations and for the credentials of other people: password reset, 2FA reset, sessions, tokens."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead.db import db
from masthead.errors import Invalid
from masthead.login import actions as login_actions
from masthead.login import one_time_links
from masthead.login.one_time_links import Purpose, url_of
from masthead.login.validation import cannot_be_invited, validate
from masthead.mail import delivery
from masthead.people import queries
from masthead.people.access import current_user, requires
from masthead.people.authorization import can_grant
from masthead.people.permissions import Permission
from masthead.people.reauthentication import requires_reauthentication
from masthead.user_admin import actions as user_admin_actions
from masthead.user_admin import invitations
from masthead.user_admin.forms import InvitationForm
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others
from masthead.web.safe_redirects import redirect_back

bp = Blueprint("user_credentials_admin", __name__)


@bp.get("/users/invite")
@requires(Permission.MANAGE_USERS)
@requires_reauthentication
def invite() -> ResponseReturnValue:
    """Show the invitation form."""
    return render_template("accounts/invite.html", form=_invitation_form())


@bp.post("/users/invite")
@requires(Permission.MANAGE_USERS)
@requires_reauthentication
@redisplays_expired_form
def send_invitation() -> ResponseReturnValue:
    """Invite somebody. The page shows the link, and an email carries one if mail is on."""
    form = _invitation_form()
    if form.validate():
        try:
            role = queries.role(form.role.data or "")
            link = invitations.invite(form.email.data or "", role, by=current_user())
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            return show_link(Purpose.INVITE, link, f"Invitation for {form.email.data}")
    show_others(form, lambda: validate(form.right("email"), is_taken=cannot_be_invited))
    return render_template("accounts/invite.html", form=form), 422


def _invitation_form() -> InvitationForm:
    """Make the form, with the roles that the user can grant."""
    invitations.check_open()
    form = InvitationForm()
    roles = [role for role in db.session.scalars(queries.roles()) if can_grant(current_user(), role)]
    form.role.choices = [(role.name, role.title) for role in roles]
    return form


@bp.post("/users/<int:user_id>/reset-link")
@requires(Permission.MANAGE_USERS)
@requires_reauthentication
def reset_link(user_id: int) -> ResponseReturnValue:
    """Show a password reset link, which the administrator passes on."""
    user = queries.get(user_id)
    token = user_admin_actions.reset_link(user, by=current_user())
    db.session.flush()
    link = url_of(Purpose.RESET, one_time_links.issue_secret(token))
    db.session.commit()
    return show_link(Purpose.RESET, link, f"A new password for {user.display_name}")


@bp.post("/users/<int:user_id>/reset-factor")
@requires(Permission.MANAGE_USERS)
@requires_reauthentication
def reset_factor(user_id: int) -> ResponseReturnValue:
    """Remove all second factors of an account whose owner has lost them."""
    user = queries.get(user_id)
    user_admin_actions.reset_second_factor(user, by=current_user())
    db.session.commit()
    flash(f"{user.display_name} no longer has two-factor authentication, and is signed out everywhere.")
    return redirect_back(url_for("user_admin.index"))


@bp.post("/users/<int:user_id>/sign-out")
@requires(Permission.MANAGE_USERS)
def sign_out(user_id: int) -> ResponseReturnValue:
    """End every session of somebody."""
    user = queries.get(user_id)
    login_actions.sign_out_everywhere(user, by=current_user())
    db.session.commit()
    flash(f"{user.display_name} is signed out everywhere.")
    return redirect_back(url_for("dashboard.index"))


@bp.post("/users/<int:user_id>/end-tokens")
@requires(Permission.MANAGE_USERS)
def end_tokens(user_id: int) -> ResponseReturnValue:
    """Revoke all personal tokens of somebody. Revoking needs no recent authentication."""
    user = queries.get(user_id)
    login_actions.end_tokens(user, by=current_user())
    db.session.commit()
    flash(f"The API tokens of {user.display_name} are revoked. They no longer work.")
    return redirect_back(url_for("user_admin.index"))


def show_link(purpose: Purpose, link: str, title: str) -> ResponseReturnValue:
    """Show the link once. Neither the link nor the page is stored."""
    is_invitation = purpose is Purpose.INVITE
    page = render_template(
        "accounts/link.html",
        link=link,
        title=title,
        lifetime="seven days" if is_invitation else "an hour",
        was_mailed=is_invitation and delivery.is_on(),
    )
    return page, {"Cache-Control": "no-store"}
