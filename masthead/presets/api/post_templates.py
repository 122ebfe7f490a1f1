"""The API of post templates."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, url_for

from masthead.content.api import stale_version_is_412
from masthead.errors import Invalid
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.presets import actions, queries
from masthead.presets.models import PostTemplate
from masthead.presets.schemas import PresetsQuery, TemplateAnswer, TemplateChange, TemplateInput, Templates
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation
from masthead.web.api.paging import list_answer, located

bp = Blueprint("post_templates_api", __name__)


@bp.get("")
@requires(Permission.WRITE)
@operation("List post templates", tag="templates", query=PresetsQuery, answer=Templates, problems=(403, 404))
def index(query: PresetsQuery) -> Answer:
    """All post templates by name, or those that contain a text."""
    return list_answer(Templates, queries.matching(PostTemplate, query.q or ""), query, TemplateAnswer.of)


@bp.get("/<int:template_id>")
@requires(Permission.WRITE)
@operation(
    "Read a post template", tag="templates", answer=TemplateAnswer, problems=(403, 404), is_conditional=True
)
def show(template_id: int) -> Answer:
    """A post template, for everybody who writes."""
    return _whole(queries.get(PostTemplate, template_id))


def _whole(template: PostTemplate) -> Answer:
    return Answer(TemplateAnswer.of(template), etag=str(template.version))


def _mistakes(said: dict[str, Any], template_id: int | None = None) -> Iterable[Invalid]:
    present = None if template_id is None else queries.get(PostTemplate, template_id)
    return actions.validate(PostTemplate, said, present)


@bp.post("")
@requires(Permission.EDIT_POSTS)
@operation(
    "Create a post template",
    tag="templates",
    body=TemplateInput,
    answer=TemplateAnswer,
    status=201,
    problems=(403, 409),
    is_conditional=True,
    validator=_mistakes,
)
def create(body: TemplateInput) -> Response:
    """Create a post template."""
    made = actions.create(PostTemplate, body.model_dump(), by=current_user())
    return commit_and_answer(_made, made)


def _made(template: PostTemplate) -> Answer:
    return located(_whole(template), url_for("post_templates_api.show", template_id=template.id))


@bp.patch("/<int:template_id>")
@requires(Permission.EDIT_POSTS)
@operation(
    "Change a post template",
    tag="templates",
    body=TemplateChange,
    answer=TemplateAnswer,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
    validator=_mistakes,
)
def change(template_id: int, body: TemplateChange) -> Response:
    """Save the given members; omitted ones stay, and so do posts that began with it."""
    found = queries.get_to_change(PostTemplate, template_id)
    check_match(str(found.version))
    with stale_version_is_412():
        actions.change(
            found, body.model_dump(exclude_none=True), by=current_user(), expected_version=found.version
        )
    return commit_and_answer(_whole, found)


@bp.delete("/<int:template_id>")
@requires(Permission.EDIT_POSTS)
@operation(
    "Delete a post template",
    tag="templates",
    status=204,
    problems=(403, 404, 412, 428),
    is_conditional=True,
)
def delete(template_id: int) -> Response:
    """Delete a post template; posts that began with it stay as they are."""
    found = queries.get_to_change(PostTemplate, template_id)
    check_match(str(found.version))
    actions.delete(found, by=current_user(), expected_version=found.version)
    return commit_and_answer(Answer, None)
