"""The API of comments and their moderation."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import undefer

from masthead import clock
from masthead.comments import actions, queries
from masthead.comments.lifecycle import CommentTransition
from masthead.comments.models import Comment
from masthead.comments.permissions import can_delete, can_restore
from masthead.comments.rendering import render_comment
from masthead.comments.schemas import (
    CommentAnswer,
    CommentChange,
    CommentInput,
    Comments,
    QueueQuery,
)
from masthead.errors import Invalid, NotAllowed, NotFound
from masthead.people.access import current_user, requires, signed_in, visitor
from masthead.people.permissions import Permission
from masthead.posts import queries as posts
from masthead.posts.models import Post
from masthead.posts.permissions import can_see
from masthead.web.access import public
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation, tag_of
from masthead.web.api.paging import list_answer, located
from masthead.web.api.schemas import PageQuery
from masthead.web.limits import throttling

below = Blueprint("post_comments_api", __name__)
bp = Blueprint("comments_api", __name__)

#: The declaration of an operation that decides on one comment.
_decision = partial(
    operation,
    tag="comments",
    scope="comments:moderate",
    answer=CommentAnswer,
    problems=(401, 403, 404),
)


def _post(slug: str) -> Post:
    post = posts.by_slug(slug)
    if not can_see(visitor(), post):
        raise NotFound("There is no such post.")
    return post


@below.get("/<slug>/comments")
@public
@operation(
    "List the comments of a post",
    tag="comments",
    query=PageQuery,
    answer=Comments,
    problems=(404,),
    is_conditional=True,
)
def index(slug: str, query: PageQuery) -> Answer:
    """Comments that the reader may read, oldest first."""
    post = _post(slug)
    statement = (
        queries.readable_by(visitor())
        .where(Comment.post_id == post.id)
        .order_by(Comment.created_at, Comment.id)
        .options(undefer(Comment.body))
    )
    return list_answer(Comments, statement, query, lambda comment: CommentAnswer.of(comment, post))


def _validate(said: dict[str, Any], slug: str) -> Iterable[Invalid]:
    return actions.validate(_post(slug), said.get("body"), said.get("parent_id"), by=current_user())


@below.post("/<slug>/comments")
@requires(Permission.COMMENT)
@operation(
    "Write a comment",
    tag="comments",
    body=CommentInput,
    answer=CommentAnswer,
    status=201,
    problems=(401, 403, 404, 409, 429),
    is_conditional=True,
    validator=_validate,
)
def create(slug: str, body: CommentInput) -> Response:
    """Comment on a post. `status` tells whether the comment waits for a moderator."""
    text = render_comment(body.body)
    by = current_user()
    throttling.count("comment", str(by.id))
    post = _post(slug)
    comment = actions.write(post, text, by=by, at=clock.now(), parent_id=body.parent_id)
    return commit_and_answer(_made, comment.id)


def _item(comment: Comment) -> CommentAnswer:
    return CommentAnswer.of(comment, comment.post)


def _made(comment_id: int) -> Answer:
    return located(_shown(comment_id), url_for("comments_api.show", comment_id=comment_id))


def _shown(comment_id: int) -> Answer:
    comment = queries.get(comment_id, reader=current_user())
    return Answer(_item(comment))


@bp.get("/<int:comment_id>")
@public
@operation("Read a comment", tag="comments", answer=CommentAnswer, problems=(404,), is_conditional=True)
def show(comment_id: int) -> Answer:
    """A comment that the reader may read."""
    comment = queries.get(comment_id, reader=visitor())
    return Answer(_item(comment))


@bp.patch("/<int:comment_id>")
@requires(Permission.COMMENT)
@operation(
    "Change your own comment",
    tag="comments",
    body=CommentChange,
    answer=CommentAnswer,
    problems=(401, 403, 404, 409, 412, 428),
    is_conditional=True,
)
def change(comment_id: int, body: CommentChange) -> Response:
    """Change one's own comment, within 15 minutes of sending it."""
    text = render_comment(body.body)
    comment = queries.get(comment_id, reader=current_user())
    check_match(tag_of(_item(comment)))
    actions.revise(comment, text, by=current_user(), at=clock.now())
    return commit_and_answer(_shown, comment_id)


@bp.delete("/<int:comment_id>")
@signed_in
@operation(
    "Delete a comment",
    tag="comments",
    status=204,
    problems=(401, 403, 404, 409, 412, 428),
    is_conditional=True,
)
def delete(comment_id: int) -> Response:
    """Delete a comment: authors their own, moderators any."""
    comment = queries.get(comment_id, reader=current_user())
    check_match(tag_of(_item(comment)))
    if not can_delete(current_user(), comment):
        raise NotAllowed("Only its author or a moderator can delete a comment.")
    actions.take(CommentTransition.DELETE, [comment], by=current_user(), at=clock.now())
    return commit_and_answer(Answer, None)


@bp.get("")
@requires(Permission.MODERATE)
@operation(
    "List comments to moderate",
    tag="comments",
    scope="comments:moderate",
    query=QueueQuery,
    answer=Comments,
    problems=(401, 403, 404),
)
def queue(query: QueueQuery) -> Answer:
    """Comments of one status for moderators; pending ones by default."""
    return list_answer(Comments, queries.queue(current_user(), query.status), query, _item)


@bp.post("/<int:comment_id>/approve")
@requires(Permission.MODERATE)
@_decision("Approve a comment")
def approve(comment_id: int) -> Response:
    """Approve a comment, so that everybody can read it."""
    return _decided(comment_id, CommentTransition.APPROVE)


@bp.post("/<int:comment_id>/reject")
@requires(Permission.MODERATE)
@_decision("Mark a comment as spam")
def reject(comment_id: int) -> Response:
    """Mark a comment as spam, so that only moderators can read it."""
    return _decided(comment_id, CommentTransition.REJECT)


@bp.post("/<int:comment_id>/restore")
@requires(Permission.MODERATE)
@_decision("Restore a comment")
def restore(comment_id: int) -> Response:
    """Put spam, or a comment that a moderator deleted, back into moderation."""
    if not can_restore(current_user(), queries.get_for_moderation(comment_id, by=current_user())):
        raise NotAllowed(
            "Its author has deleted this comment, or its text is deleted permanently: it cannot be restored."
        )
    return _decided(comment_id, CommentTransition.RESTORE)


@bp.post("/<int:comment_id>/unapprove")
@requires(Permission.MODERATE)
@_decision("Return a comment to pending")
def unapprove(comment_id: int) -> Response:
    """Withdraw an approval; until the next decision only the author and moderators can read the comment."""
    return _decided(comment_id, CommentTransition.UNAPPROVE)


def _decided(comment_id: int, step: CommentTransition) -> Response:
    by = current_user()
    comment = queries.get_for_moderation(comment_id, by=by)
    actions.take(step, [comment], by=by, at=clock.now())
    return commit_and_answer(_for_moderation, comment_id)


def _for_moderation(comment_id: int) -> Answer:
    comment = queries.get_for_moderation(comment_id, by=current_user())
    return Answer(_item(comment))
