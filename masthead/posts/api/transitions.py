"""The API of transitions and revisions of a post."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response

from masthead import clock
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import actions, history, pictures, queries, revision_restore
from masthead.posts.api.posts import bring_to, editable, whole
from masthead.posts.api.revision_schemas import RevisionAnswer, RevisionItem, Revisions
from masthead.posts.api.schemas import PostAnswer, Publishing
from masthead.posts.models import Post
from masthead.web.api.operations import Answer, check_optional_match, commit_and_answer, operation
from masthead.web.api.paging import list_answer
from masthead.web.api.schemas import PageQuery

bp = Blueprint("post_steps_api", __name__)

#: The declaration of an operation that changes the state of a post, and answers with the post.
transition = partial(
    operation, tag="posts", answer=PostAnswer, problems=(401, 403, 404, 409, 412), is_conditional=True
)


def seen(slug: str) -> Post:
    """Return the post; refuses an outdated `If-Match`, which is optional."""
    post = editable(slug)
    check_optional_match(str(post.version))
    return post


def taken(slug: str, step: Callable[..., None]) -> Response:
    """Apply a transition, and return the post as the answer."""
    step(seen(slug), by=current_user(), at=clock.now())
    return commit_and_answer(whole, slug)


@bp.post("/<slug>/publish")
@requires(Permission.WRITE)
@transition(
    "Publish or schedule a post",
    body=Publishing,
    is_body_optional=True,
)
def publish(slug: str, body: Publishing) -> Response:
    """Publish a post now, or at the given moment."""
    return taken(slug, partial(bring_to, wish="published", when=body.published_at))


@bp.post("/<slug>/unpublish")
@requires(Permission.WRITE)
@transition("Unpublish a post")
def unpublish(slug: str) -> Response:
    """Unpublish a post; it becomes a draft again."""
    return taken(slug, actions.unpublish)


@bp.post("/<slug>/restore")
@requires(Permission.WRITE)
@transition(
    "Restore a post from the trash",
)
def restore(slug: str) -> Response:
    """Restore a post from the trash as a draft."""
    return taken(slug, actions.restore)


@bp.get("/<slug>/revisions")
@requires(Permission.WRITE)
@operation(
    "List the revisions of a post", tag="posts", query=PageQuery, answer=Revisions, problems=(401, 403, 404)
)
def revisions(slug: str, query: PageQuery) -> Answer:
    """Revisions, newest first, for people who may edit the post."""
    return list_answer(Revisions, queries.revisions_of(editable(slug)), query, RevisionItem.of)


@bp.get("/<slug>/revisions/<int:number>")
@requires(Permission.WRITE)
@operation(
    "Read a revision", tag="posts", answer=RevisionAnswer, problems=(401, 403, 404), is_conditional=True
)
def revision(slug: str, number: int) -> Answer:
    """A revision with its text."""
    found = history.get(editable(slug), number)
    return Answer(RevisionAnswer.of(found))


@bp.post("/<slug>/revisions/<int:number>/restore")
@requires(Permission.WRITE)
@transition("Restore a revision")
def restore_revision(slug: str, number: int) -> Response:
    """Save this revision again as the newest one. Slug and status of the post stay."""
    by = current_user()
    # Rendering comes before the change, which locks the row.
    prepared = revision_restore.prepare(queries.at_slug(slug), number, by=by)
    post = seen(slug)
    revision_restore.restore(post, prepared, by=by, at=clock.now())
    return commit_and_answer(whole, post.slug, warnings=pictures.receive(post))
