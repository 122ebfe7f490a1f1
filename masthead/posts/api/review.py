"""The API of reviews: submit, withdraw, send back with a note."""

from functools import partial

from flask import Blueprint, Response

from masthead.people.access import requires
from masthead.people.permissions import Permission
from masthead.posts import actions, review
from masthead.posts.api.posts import editable
from masthead.posts.api.review_schemas import Returning, ReviewNoteItem, ReviewNotes
from masthead.posts.api.transitions import taken, transition
from masthead.web.api.operations import Answer, operation
from masthead.web.api.paging import list_answer
from masthead.web.api.schemas import PageQuery

bp = Blueprint("post_review_api", __name__)


@bp.post("/<slug>/submit")
@requires(Permission.WRITE)
@transition("Submit a post for review")
def submit(slug: str) -> Response:
    """Submit a post for review. The editors get an email, if mail is on."""
    return taken(slug, actions.submit)


@bp.post("/<slug>/withdraw")
@requires(Permission.WRITE)
@transition("Withdraw a post from review")
def withdraw(slug: str) -> Response:
    """Withdraw one's own post from review; it becomes a draft again."""
    return taken(slug, actions.withdraw)


@bp.post("/<slug>/return")
@requires(Permission.WRITE)
@transition(
    "Send a post back to its author",
    body=Returning,
    is_body_optional=True,
)
def send_back(slug: str, body: Returning) -> Response:
    """Send a post back, for editors; it becomes a draft again, and the author gets the note by email, if mail is on."""
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
    """The review notes of a post, latest first, for people who may edit the post."""
    return list_answer(ReviewNotes, review.notes_on(editable(slug)), query, ReviewNoteItem.of)
