"""The review of a post, for programs: handing it in, taking it back, sending it back with a note."""

from functools import partial

from flask import Blueprint, Response

from masthead.db import paginate
from masthead.people.access import requires
from masthead.people.permissions import Permission
from masthead.posts import actions, review
from masthead.posts.api.posts import editable
from masthead.posts.api.schemas import PostAnswer, Returning, ReviewNoteItem, ReviewNotes
from masthead.posts.api.transitions import STEPS, taken
from masthead.web.api.operations import Answer, operation
from masthead.web.api.paging import listed
from masthead.web.api.schemas import PageQuery

bp = Blueprint("post_review_api", __name__)


@bp.post("/<slug>/submit")
@requires(Permission.WRITE)
@operation("Submit a post for review", tag="posts", answer=PostAnswer, problems=STEPS, is_conditional=True)
def submit(slug: str) -> Response:
    """The editors get an email, where mail is on."""
    return taken(slug, actions.submit)


@bp.post("/<slug>/withdraw")
@requires(Permission.WRITE)
@operation("Withdraw a post from review", tag="posts", answer=PostAnswer, problems=STEPS, is_conditional=True)
def withdraw(slug: str) -> Response:
    """For its author: it is a draft again."""
    return taken(slug, actions.withdraw)


@bp.post("/<slug>/return")
@requires(Permission.WRITE)
@operation(
    "Send a post back to its author",
    tag="posts",
    body=Returning,
    is_body_optional=True,
    answer=PostAnswer,
    problems=STEPS,
    is_conditional=True,
)
def send_back(slug: str, body: Returning) -> Response:
    """For editors: it is a draft again, and the author gets the note by email, where mail is on."""
    return taken(slug, partial(actions.send_back, note=body.note))


@bp.get("/<slug>/review-notes")
@requires(Permission.WRITE)
@operation(
    "List the review notes of a post",
    tag="posts",
    query=PageQuery,
    answer=ReviewNotes,
    problems=(401, 403, 404),
)
def notes(slug: str, query: PageQuery) -> Answer:
    """Every time that it was sent back, the last first, for those who may edit the post."""
    page = paginate(review.notes_on(editable(slug)), page=query.page, per_page=query.per_page)
    return listed(ReviewNotes, page, notes=[ReviewNoteItem.of(note) for note in page.items])
