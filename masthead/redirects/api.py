"""The API of redirects."""

from flask import Blueprint, Response, url_for

from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.redirects import changing
from masthead.redirects.models import Redirect
from masthead.redirects.schemas import RedirectAnswer, RedirectInput, Redirects, RedirectsQuery
from masthead.web.api.operations import Answer, commit_and_answer, operation
from masthead.web.api.paging import list_answer, located

bp = Blueprint("redirects_api", __name__)


@bp.get("")
@requires(Permission.MANAGE_SETTINGS)
@operation("List redirects", tag="settings", query=RedirectsQuery, answer=Redirects, problems=(403, 404))
def index(query: RedirectsQuery) -> Answer:
    """Redirects to URLs. Old addresses of texts, tags and people redirect by themselves and are not listed."""
    return list_answer(Redirects, changing.elsewhere(query.q or ""), query, RedirectAnswer.of)


@bp.post("")
@requires(Permission.MANAGE_SETTINGS)
@operation(
    "Create a redirect",
    tag="settings",
    body=RedirectInput,
    answer=RedirectAnswer,
    status=201,
    problems=(403, 409),
    validator=changing.validate,
)
def create(body: RedirectInput) -> Response:
    """Create a redirect. Existing pages of this site take precedence over it."""
    made = changing.make(body.path, body.url, by=current_user())
    return commit_and_answer(_made, made)


def _made(redirect: Redirect) -> Answer:
    return located(
        Answer(RedirectAnswer.of(redirect)), url_for("redirects_api.show", redirect_id=redirect.id)
    )


@bp.get("/<int:redirect_id>")
@requires(Permission.MANAGE_SETTINGS)
@operation("Read a redirect", tag="settings", answer=RedirectAnswer, problems=(403, 404))
def show(redirect_id: int) -> Answer:
    """A redirect."""
    return Answer(RedirectAnswer.of(changing.get(redirect_id)))


@bp.delete("/<int:redirect_id>")
@requires(Permission.MANAGE_SETTINGS)
@operation("Remove a redirect", tag="settings", status=204, problems=(403, 404))
def delete(redirect_id: int) -> Response:
    """Delete a redirect; its path answers 404 again. To change a target, delete the redirect and create another."""
    changing.remove(changing.get(redirect_id), by=current_user())
    return commit_and_answer(Answer, None)
