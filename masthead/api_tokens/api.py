"""API of personal tokens, for clients that have signed in. Personal tokens themselves have no access here."""

from flask import Blueprint, url_for

from masthead.api_tokens import personal_tokens
from masthead.api_tokens.schemas import NewToken, PersonalTokens, TokenAnswer, TokenInput
from masthead.db import db
from masthead.people import reauthentication
from masthead.people.access import current_user, signed_in
from masthead.web.api.operations import Answer, check_match, operation
from masthead.web.api.paging import list_answer, located
from masthead.web.api.schemas import PageQuery

bp = Blueprint("tokens_api", __name__)


@bp.get("")
@signed_in
@operation("List your tokens", tag="tokens", query=PageQuery, answer=PersonalTokens, problems=(403, 404))
def index(query: PageQuery) -> Answer:
    """Your personal tokens, the newest first."""
    return list_answer(PersonalTokens, personal_tokens.owned_by(current_user()), query, TokenAnswer.of)


@bp.get("/<int:token_id>")
@signed_in
@operation("Read a token", tag="tokens", answer=TokenAnswer, problems=(403, 404), is_conditional=True)
def show(token_id: int) -> Answer:
    """One of your tokens."""
    token = personal_tokens.get(current_user(), token_id)
    return Answer(TokenAnswer.of(token), etag=str(token.id))


@bp.post("")
@signed_in
@operation(
    "Create a token",
    tag="tokens",
    body=TokenInput,
    answer=NewToken,
    status=201,
    problems=(403, 409),
    is_conditional=True,
    is_secret=True,
    validator=lambda said: personal_tokens.validate(current_user(), said),
)
def create(body: TokenInput) -> Answer:
    """The token is in this answer and nowhere else. It needs a sign-in of the last ten minutes."""
    reauthentication.check()
    token, secret = personal_tokens.create(
        current_user(), name=body.name.strip(), scopes=body.scopes, days=body.days
    )
    db.session.commit()
    answer = NewToken(**TokenAnswer.of(token).model_dump(), token=secret)
    return located(Answer(answer, etag=str(token.id)), url_for("tokens_api.show", token_id=token.id))


@bp.delete("/<int:token_id>")
@signed_in
@operation("Revoke a token", tag="tokens", status=204, problems=(403, 404, 412, 428), is_conditional=True)
def revoke(token_id: int) -> Answer:
    """It opens nothing from the next request on."""
    user = current_user()
    check_match(str(personal_tokens.get(user, token_id).id))
    personal_tokens.revoke(user, token_id)
    db.session.commit()
    return Answer(None)
