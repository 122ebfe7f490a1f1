"""API for administrators: invitations and the credentials of other people."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response

from masthead.db import db, paginate
from masthead.errors import Invalid
from masthead.login import actions as login_actions
from masthead.login import one_time_links
from masthead.login.one_time_links import Purpose, url_of
from masthead.login.validation import cannot_be_invited, validate
from masthead.people import queries, reauthentication
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.user_admin import actions as user_admin_actions
from masthead.user_admin import invitations
from masthead.user_admin.schemas import InvitationAnswer, InvitationInput, Invitations, LinkAnswer
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation
from masthead.web.api.paging import listed
from masthead.web.api.schemas import PageQuery

bp = Blueprint("assistance_api", __name__)


def _validate_invitation(said: dict[str, Any]) -> Iterable[Invalid]:
    return validate(said, is_taken=cannot_be_invited)


@bp.post("/invitations")
@requires(Permission.MANAGE_USERS)
@operation(
    "Invite somebody",
    tag="users",
    body=InvitationInput,
    answer=LinkAnswer,
    status=201,
    problems=(401, 403, 404, 409),
    is_secret=True,
    validator=_validate_invitation,
)
def invite(body: InvitationInput) -> Answer:
    """The link is in this answer, and in a letter where mail is on. It needs a sign-in of the last ten minutes."""
    invitations.check_open()
    reauthentication.check()
    link = invitations.invite(body.email, queries.chosen_role(body.role, field="role"), by=current_user())
    db.session.commit()
    return Answer(LinkAnswer(link=link))


@bp.get("/invitations")
@requires(Permission.MANAGE_USERS)
@operation("List open invitations", tag="users", query=PageQuery, answer=Invitations, problems=(403, 404))
def list_invitations(query: PageQuery) -> Answer:
    """The one that ends first comes first. Their links are stored nowhere: to have one again, invite again."""
    page = paginate(invitations.open_invitations(), page=query.page, per_page=query.per_page)
    roles = {role.id: role for role in db.session.scalars(queries.roles())}
    void = invitations.void_among(page.items, roles)
    shown = [
        InvitationAnswer.of(token, role=roles[token.role_id or 0].name, is_void=token.id in void)
        for token in page.items
    ]
    return listed(Invitations, page, invitations=shown)


@bp.get("/invitations/<int:invitation_id>")
@requires(Permission.MANAGE_USERS)
@operation(
    "Read an invitation", tag="users", answer=InvitationAnswer, problems=(403, 404), is_conditional=True
)
def show_invitation(invitation_id: int) -> Answer:
    """One that can still be accepted."""
    token, role = invitations.get(invitation_id)
    void = invitations.void_among([token], {role.id: role})
    shown = InvitationAnswer.of(token, role=role.name, is_void=token.id in void)
    return Answer(shown, etag=invitations.version_of(token))


@bp.delete("/invitations/<int:invitation_id>")
@requires(Permission.MANAGE_USERS)
@operation(
    "Withdraw an invitation", tag="users", status=204, problems=(403, 404, 412, 428), is_conditional=True
)
def withdraw_invitation(invitation_id: int) -> Response:
    """Its links open nothing from the next request on."""
    token, _ = invitations.get(invitation_id)
    check_match(invitations.version_of(token))
    invitations.withdraw(invitation_id, by=current_user())
    return commit_and_answer(Answer, None)


@bp.post("/<int:user_id>/reset-link")
@requires(Permission.MANAGE_USERS)
@operation(
    "Create a password reset link",
    tag="users",
    answer=LinkAnswer,
    status=201,
    problems=(401, 403, 404, 409),
    is_secret=True,
)
def reset_link(user_id: int) -> Answer:
    """To be handed over; it works once, for an hour. It needs a sign-in of the last ten minutes."""
    reauthentication.check()
    token = user_admin_actions.reset_link(queries.get(user_id), by=current_user())
    db.session.flush()
    link = url_of(Purpose.RESET, one_time_links.issue_secret(token))
    db.session.commit()
    return Answer(LinkAnswer(link=link))


@bp.post("/<int:user_id>/reset-factor")
@requires(Permission.MANAGE_USERS)
@operation("Reset two-factor authentication", tag="users", status=204, problems=(401, 403, 404, 409))
def reset_factor(user_id: int) -> Response:
    """For a person who has lost their second factors. It needs a sign-in of the last ten minutes."""
    reauthentication.check()
    user_admin_actions.reset_second_factor(queries.get(user_id), by=current_user())
    return commit_and_answer(Answer, None)


@bp.delete("/<int:user_id>/tokens")
@requires(Permission.MANAGE_USERS)
@operation("End somebody's personal tokens", tag="users", status=204, problems=(401, 403, 404))
def end_tokens(user_id: int) -> Response:
    """None of them opens anything from the next request on. The person stays signed in."""
    login_actions.end_tokens(queries.get(user_id), by=current_user())
    return commit_and_answer(Answer, None)


@bp.post("/<int:user_id>/sign-out")
@requires(Permission.MANAGE_USERS)
@operation("Sign somebody out everywhere", tag="users", status=204, problems=(401, 403, 404))
def sign_out(user_id: int) -> Response:
    """Every device and every client has to sign in again."""
    login_actions.sign_out_everywhere(queries.get(user_id), by=current_user())
    return commit_and_answer(Answer, None)
