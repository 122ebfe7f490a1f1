"""The API of tags. Published content decides which of them are public."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, url_for

from masthead.db import db
from masthead.errors import Invalid, NotFound
from masthead.people.access import current_user, requires, visitor
from masthead.people.permissions import Permission
from masthead.tags import actions, merging, queries, tagged_content
from masthead.tags.models import Tag
from masthead.tags.schemas import TagAnswer, TagChange, TagInput, TagMerge, Tags, TagsQuery
from masthead.unset import UNSET
from masthead.web.access import public
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation, tag_of
from masthead.web.api.paging import list_answer, located

bp = Blueprint("tags_api", __name__)


@bp.get("")
@public
@operation("List tags", tag="tags", query=TagsQuery, answer=Tags, problems=(404,), is_conditional=True)
def index(query: TagsQuery) -> Answer:
    """Tags of published posts and of posts that you may see, by name; all tags for people who manage tags."""
    return list_answer(Tags, tagged_content.visible_to(visitor()), query, TagAnswer.of)


@bp.get("/<slug>")
@public
@operation("Read a tag", tag="tags", answer=TagAnswer, problems=(404,), is_conditional=True)
def show(slug: str) -> Answer:
    """A tag, if you may see a post that carries it, or manage tags."""
    found = db.session.scalar(tagged_content.visible_to(visitor()).where(Tag.slug == slug))
    if found is None:
        raise NotFound(queries.NO_TAG)
    return Answer(TagAnswer.of(found))


def _shown(slug: str) -> Answer:
    return Answer(TagAnswer.of(queries.by_slug(slug)))


def _validate(said: dict[str, Any], slug: str | None = None) -> Iterable[Invalid]:
    return actions.validate(said, None if slug is None else queries.by_slug(slug))


@bp.post("")
@requires(Permission.MANAGE_TAGS)
@operation(
    "Create a tag",
    tag="tags",
    body=TagInput,
    answer=TagAnswer,
    status=201,
    problems=(401, 403, 409),
    is_conditional=True,
    validator=_validate,
)
def create(body: TagInput) -> Response:
    """Create a tag. Writers create tags by naming them; readers see a tag with its first published post."""
    tag = actions.make(body.name, description=body.description, by=current_user())
    return commit_and_answer(_made, tag.slug)


def _made(slug: str) -> Answer:
    return located(_shown(slug), url_for("tags_api.show", slug=slug))


@bp.patch("/<slug>")
@requires(Permission.MANAGE_TAGS)
@operation(
    "Change a tag",
    tag="tags",
    body=TagChange,
    answer=TagAnswer,
    problems=(401, 403, 404, 409, 412, 428),
    is_conditional=True,
    validator=_validate,
)
def change(slug: str, body: TagChange) -> Response:
    """Rename or describe a tag everywhere at once."""
    tag = queries.by_slug(slug)
    check_match(tag_of(TagAnswer.of(tag)))
    actions.change(
        tag,
        by=current_user(),
        name=UNSET if body.name is None else body.name,
        description=UNSET if body.description is None else body.description,
    )
    return commit_and_answer(_shown, tag.slug)


@bp.delete("/<slug>")
@requires(Permission.MANAGE_TAGS)
@operation(
    "Delete a tag",
    tag="tags",
    status=204,
    problems=(401, 403, 404, 409, 412, 428),
    is_conditional=True,
)
def delete(slug: str) -> Response:
    """Delete a tag that no post carries; merge other tags into one that stays."""
    tag = queries.by_slug(slug)
    check_match(tag_of(TagAnswer.of(tag)))
    merging.remove_unused(tag, by=current_user())
    return commit_and_answer(Answer, None)


@bp.post("/<slug>/merge")
@requires(Permission.MANAGE_TAGS)
@operation(
    "Merge a tag into another",
    tag="tags",
    body=TagMerge,
    answer=TagAnswer,
    problems=(401, 403, 404, 409, 412, 428),
    is_conditional=True,
)
def merge(slug: str, body: TagMerge) -> Response:
    """Replace a tag on every post and redirect its address. `If-Match` names the removed tag, the answer is the other one."""
    tag = queries.by_slug(slug)
    check_match(tag_of(TagAnswer.of(tag)))
    into = _chosen(body.into)
    merging.merge(tag, into, by=current_user())
    return commit_and_answer(_shown, into.slug)


def _chosen(wanted: str) -> Tag:
    """Return the tag with this slug, or else with this name; raises `Invalid`."""
    try:
        return queries.by_slug(wanted)
    except NotFound:
        found = queries.named(wanted)
    if found is None:
        raise Invalid("There is no such tag. Write its slug as the list of tags does.", field="into")
    return found
