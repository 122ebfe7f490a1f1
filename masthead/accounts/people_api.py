"""What an administrator does for other people, for programs."""

from flask import Blueprint, Response

from masthead.accounts import actions, bearer, factor_actions, invitations, queries, tokens
from masthead.accounts.access import current_user, requires
from masthead.accounts.administration_schemas import InvitationInput, LinkAnswer
from masthead.accounts.links import link_of
from masthead.accounts.permissions import Permission
from masthead.accounts.tokens import Purpose
from masthead.db import db
from masthead.web.api.operations import Answer, operation, settled

bp = Blueprint("assistance_api", __name__)


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
)
def invite(body: InvitationInput) -> Answer:
    """The link is in this answer, and in a letter where mail is on. It needs a sign-in of the last ten minutes."""
    invitations.check_open()
    bearer.check_fresh()
    link = invitations.invite(body.email, queries.chosen_role(body.role, field="role"), by=current_user())
    db.session.commit()
    return Answer(LinkAnswer(link=link))


@bp.post("/<int:user_id>/reset-link")
@requires(Permission.MANAGE_USERS)
@operation(
    "Make a link for a new password",
    tag="users",
    answer=LinkAnswer,
    status=201,
    problems=(401, 403, 404, 409),
    is_secret=True,
)
def reset_link(user_id: int) -> Answer:
    """To be handed over; it works once, for an hour. It needs a sign-in of the last ten minutes."""
    bearer.check_fresh()
    token = actions.reset_link(queries.get(user_id), by=current_user())
    db.session.flush()
    link = link_of(Purpose.RESET, tokens.arm(token))
    db.session.commit()
    return Answer(LinkAnswer(link=link))


@bp.post("/<int:user_id>/reset-factor")
@requires(Permission.MANAGE_USERS)
@operation("Remove the second factors", tag="users", status=204, problems=(401, 403, 404, 409))
def reset_factor(user_id: int) -> Response:
    """For somebody who has lost them. It needs a sign-in of the last ten minutes."""
    bearer.check_fresh()
    factor_actions.reset(queries.get(user_id), by=current_user())
    answer = settled(Answer, None)
    db.session.commit()
    return answer


@bp.post("/<int:user_id>/sign-out")
@requires(Permission.MANAGE_USERS)
@operation("Sign somebody out everywhere", tag="users", status=204, problems=(401, 403, 404))
def sign_out(user_id: int) -> Response:
    """Every device and every client has to sign in again."""
    actions.sign_out_everywhere(queries.get(user_id), by=current_user())
    answer = settled(Answer, None)
    db.session.commit()
    return answer
