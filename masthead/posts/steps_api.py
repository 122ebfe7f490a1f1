"""What happens to a post beside its text, and its saved states, for programs."""

from flask import Blueprint, Response

from masthead import clock
from masthead.accounts.access import current_user, requires
from masthead.accounts.permissions import Permission
from masthead.db import Page, db, paginate
from masthead.errors import NotFound
from masthead.posts import actions, queries
from masthead.posts.api import bring_to, editable, whole
from masthead.posts.models import Post, Revision
from masthead.posts.schemas import PostAnswer, Publishing, RevisionAnswer, RevisionItem, Revisions
from masthead.web.api.operations import Answer, heed_match, operation, settled
from masthead.web.api.paging import listed
from masthead.web.api.schemas import PageQuery

bp = Blueprint("post_steps_api", __name__)

#: A larger number would not fit into PostgreSQL's column, and be an error.
MOST_REVISIONS = 2**31 - 1
STEPS = (401, 403, 404, 409, 412)


def seen(slug: str) -> Post:
    """The post; who says which state they saw is refused if that is not the present one, and nobody has to."""
    post = editable(slug)
    heed_match(str(post.version))
    return post


@bp.post("/<slug>/publish")
@requires(Permission.WRITE)
@operation(
    "Publish or schedule a post",
    tag="posts",
    body=Publishing,
    is_body_optional=True,
    answer=PostAnswer,
    problems=STEPS,
    is_conditional=True,
)
def publish(slug: str, body: Publishing) -> Response:
    """Make it public now, or at the moment that is given."""
    post = seen(slug)
    bring_to(post, "published", body.published_at, by=current_user(), at=clock.now())
    answer = settled(whole, slug)
    db.session.commit()
    return answer


@bp.post("/<slug>/unpublish")
@requires(Permission.WRITE)
@operation("Unpublish a post", tag="posts", answer=PostAnswer, problems=STEPS, is_conditional=True)
def unpublish(slug: str) -> Response:
    """Take it back from the readers; it is a draft again."""
    post = seen(slug)
    actions.unpublish(post, by=current_user(), at=clock.now())
    answer = settled(whole, slug)
    db.session.commit()
    return answer


@bp.post("/<slug>/restore")
@requires(Permission.WRITE)
@operation(
    "Take a post out of the trash",
    tag="posts",
    answer=PostAnswer,
    problems=STEPS,
    is_conditional=True,
)
def restore(slug: str) -> Response:
    """It is a draft again."""
    post = seen(slug)
    actions.restore(post, by=current_user(), at=clock.now())
    answer = settled(whole, slug)
    db.session.commit()
    return answer


@bp.get("/<slug>/revisions")
@requires(Permission.WRITE)
@operation(
    "List the revisions of a post", tag="posts", query=PageQuery, answer=Revisions, problems=(401, 403, 404)
)
def revisions(slug: str, query: PageQuery) -> Answer:
    """Every saved state, the newest first, for those who may edit the post."""
    page: Page[Revision] = paginate(
        queries.revisions_of(editable(slug)), page=query.page, per_page=query.per_page
    )
    return listed(Revisions, page, revisions=[RevisionItem.of(revision) for revision in page.items])


@bp.get("/<slug>/revisions/<int:number>")
@requires(Permission.WRITE)
@operation(
    "Read a revision", tag="posts", answer=RevisionAnswer, problems=(401, 403, 404), is_conditional=True
)
def revision(slug: str, number: int) -> Answer:
    """One saved state with its text."""
    post = editable(slug)
    is_possible = number <= MOST_REVISIONS
    found = (
        db.session.scalar(queries.revisions_of(post).where(Revision.number == number))
        if is_possible
        else None
    )
    if found is None:
        raise NotFound("This post has no such revision.")
    return Answer(RevisionAnswer.of(found))
