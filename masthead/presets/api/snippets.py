"""The API of snippets."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, url_for

from masthead.content.api import stale_version_is_412
from masthead.errors import Invalid
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.presets import actions, queries
from masthead.presets.models import Snippet
from masthead.presets.schemas import PresetsQuery, SnippetAnswer, SnippetChange, SnippetInput, Snippets
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation
from masthead.web.api.paging import list_answer, located

bp = Blueprint("snippets_api", __name__)


@bp.get("")
@requires(Permission.WRITE)
@operation("List snippets", tag="templates", query=PresetsQuery, answer=Snippets, problems=(403, 404))
def index(query: PresetsQuery) -> Answer:
    """All snippets by name, or those that contain a text."""
    return list_answer(Snippets, queries.matching(Snippet, query.q or ""), query, SnippetAnswer.of)


@bp.get("/<int:snippet_id>")
@requires(Permission.WRITE)
@operation("Read a snippet", tag="templates", answer=SnippetAnswer, problems=(403, 404), is_conditional=True)
def show(snippet_id: int) -> Answer:
    """A snippet, for everybody who writes."""
    return _whole(queries.get(Snippet, snippet_id))


def _whole(snippet: Snippet) -> Answer:
    return Answer(SnippetAnswer.of(snippet), etag=str(snippet.version))


def _mistakes(said: dict[str, Any], snippet_id: int | None = None) -> Iterable[Invalid]:
    present = None if snippet_id is None else queries.get(Snippet, snippet_id)
    return actions.validate(Snippet, said, present)


@bp.post("")
@requires(Permission.EDIT_POSTS)
@operation(
    "Create a snippet",
    tag="templates",
    body=SnippetInput,
    answer=SnippetAnswer,
    status=201,
    problems=(403, 409),
    is_conditional=True,
    validator=_mistakes,
)
def create(body: SnippetInput) -> Response:
    """Create a snippet."""
    made = actions.create(Snippet, body.model_dump(), by=current_user())
    return commit_and_answer(_made, made)


def _made(snippet: Snippet) -> Answer:
    return located(_whole(snippet), url_for("snippets_api.show", snippet_id=snippet.id))


@bp.patch("/<int:snippet_id>")
@requires(Permission.EDIT_POSTS)
@operation(
    "Change a snippet",
    tag="templates",
    body=SnippetChange,
    answer=SnippetAnswer,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
    validator=_mistakes,
)
def change(snippet_id: int, body: SnippetChange) -> Response:
    """Save the given members; omitted ones stay, and so do posts that hold a copy."""
    found = queries.get_to_change(Snippet, snippet_id)
    check_match(str(found.version))
    with stale_version_is_412():
        actions.change(
            found, body.model_dump(exclude_none=True), by=current_user(), expected_version=found.version
        )
    return commit_and_answer(_whole, found)


@bp.delete("/<int:snippet_id>")
@requires(Permission.EDIT_POSTS)
@operation(
    "Delete a snippet",
    tag="templates",
    status=204,
    problems=(403, 404, 412, 428),
    is_conditional=True,
)
def delete(snippet_id: int) -> Response:
    """Delete a snippet; posts that hold a copy stay as they are."""
    found = queries.get_to_change(Snippet, snippet_id)
    check_match(str(found.version))
    actions.delete(found, by=current_user(), expected_version=found.version)
    return commit_and_answer(Answer, None)
