"""API of the user's login sessions."""

from flask import Blueprint

from masthead import audit
from masthead.db import db
from masthead.errors import NotFound
from masthead.login import actions as login_actions
from masthead.login import sessions
from masthead.login.models import LoginSession
from masthead.login.schemas import SessionAnswer, Sessions, SigningOut
from masthead.people import queries
from masthead.people.access import current_user, signed_in
from masthead.web.api.operations import Answer, check_match, operation
from masthead.web.api.paging import list_answer
from masthead.web.api.schemas import PageQuery

bp = Blueprint("sessions_api", __name__)


@bp.get("")
@signed_in
@operation(
    "List your sessions", tag="auth", scope="account:read", query=PageQuery, answer=Sessions, problems=(404,)
)
def index(query: PageQuery) -> Answer:
    """The browsers in which you are signed in, the last used first."""
    return list_answer(Sessions, sessions.active_sessions(current_user()), query, SessionAnswer.of)


@bp.get("/<int:session_id>")
@signed_in
@operation(
    "Read a session",
    tag="auth",
    scope="account:read",
    answer=SessionAnswer,
    problems=(404,),
    is_conditional=True,
)
def show(session_id: int) -> Answer:
    """One of your own."""
    login = db.session.scalar(sessions.active_sessions(current_user()).where(LoginSession.id == session_id))
    if login is None:
        raise NotFound("This device is signed out already.")
    return Answer(SessionAnswer.of(login), etag=str(login.id))


@bp.delete("/<int:session_id>")
@signed_in
@operation(
    "End a session",
    tag="auth",
    scope="account:write",
    status=204,
    problems=(404, 412, 428),
    is_conditional=True,
)
def end(session_id: int) -> Answer:
    """The browser has to sign in again."""
    user = current_user()
    check_match(str(session_id))
    sessions.end(user, session_id)
    audit.record("session.ended", by=user, subject=user.username)
    db.session.commit()
    return Answer(None)


@bp.post("/end")
@signed_in
@operation(
    "Sign out everywhere",
    tag="auth",
    scope="account:write",
    body=SigningOut,
    is_body_optional=True,
    status=204,
)
def end_all(body: SigningOut) -> Answer:
    """Every browser and every client, this one too; personal tokens as well, if you say so."""
    user = current_user()
    login_actions.sign_out_everywhere(queries.get(user.id), by=user)
    if body.end_tokens:
        login_actions.end_tokens(user, by=user)
    db.session.commit()
    return Answer(None)
