"""Tags for programs."""

from flask import Blueprint, Response, url_for
from sqlalchemy import select

from masthead.accounts.access import current_user, requires
from masthead.accounts.permissions import Permission
from masthead.db import db, paginate
from masthead.tags import actions, queries
from masthead.tags.models import Tag
from masthead.tags.schemas import TagAnswer, TagChange, TagInput, Tags, TagsQuery
from masthead.web.access import public
from masthead.web.api.operations import Answer, check_match, operation, settled, tag_of
from masthead.web.api.paging import listed, located

bp = Blueprint("tags_api", __name__)


@bp.get("")
@public
@operation("List tags", tag="tags", query=TagsQuery, answer=Tags, problems=(404,), is_conditional=True)
def index(query: TagsQuery) -> Answer:
    """Every tag, in the order of the names."""
    page = paginate(select(Tag).order_by(Tag.key, Tag.id), page=query.page, per_page=query.per_page)
    return listed(Tags, page, tags=[TagAnswer.of(tag) for tag in page.items])


@bp.get("/<slug>")
@public
@operation("Read a tag", tag="tags", answer=TagAnswer, problems=(404,), is_conditional=True)
def show(slug: str) -> Answer:
    """One tag."""
    return _shown(slug)


def _shown(slug: str) -> Answer:
    return Answer(TagAnswer.of(queries.by_slug(slug)))


@bp.post("")
@requires(Permission.MANAGE_TAGS)
@operation(
    "Make a tag",
    tag="tags",
    body=TagInput,
    answer=TagAnswer,
    status=201,
    problems=(401, 403, 409),
    is_conditional=True,
)
def create(body: TagInput) -> Response:
    """A tag that no post carries yet; writers make tags by naming them."""
    tag = actions.make(body.name, description=body.description, by=current_user())
    answer = settled(_made, tag.slug)
    db.session.commit()
    return answer


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
)
def change(slug: str, body: TagChange) -> Response:
    """Rename or describe it, everywhere at once."""
    tag = queries.by_slug(slug)
    check_match(tag_of(TagAnswer.of(tag)))
    actions.change(tag, name=body.name, description=body.description, by=current_user())
    answer = settled(_shown, tag.slug)
    db.session.commit()
    return answer
