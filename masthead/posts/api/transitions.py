"""The API of transitions of a post."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response

from masthead import clock
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import actions
from masthead.posts.api.posts import bring_to, editable, whole
from masthead.posts.api.schemas import PostAnswer, Publishing
from masthead.posts.models import Post
from masthead.web.api.operations import check_optional_match, commit_and_answer, operation

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
