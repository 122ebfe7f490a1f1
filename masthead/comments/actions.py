"""Actions on comments. They keep each post's comment count."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from masthead import audit
from masthead.comments import lifecycle, queries
from masthead.comments.emails import notifications
from masthead.comments.errors import CommentsClosed, EditWindowClosed, ParentGone
from masthead.comments.lifecycle import CommentTransition
from masthead.comments.models import Comment, CommentStatus
from masthead.comments.permissions import (
    can_delete,
    can_moderate,
    can_restore,
    can_revise,
    is_open,
    is_trusted_below,
)
from masthead.comments.rendering import RenderedComment, render_comment
from masthead.comments.thread import MAX_DEPTH
from masthead.db import db
from masthead.errors import Invalid, Mistakes, NotAllowed, NotFound
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.models import Post
from masthead.posts.permissions import can_see
from masthead.settings.queries import publication

#: A comment with the same text, author and parent within this time counts as a duplicate.
SENT_AGAIN = timedelta(days=1)
#: The action names of moderation decisions in the audit log.
AUDIT_EVENTS: dict[CommentTransition, str] = {
    CommentTransition.APPROVE: "approved",
    CommentTransition.REJECT: "rejected",
    CommentTransition.DELETE: "deleted",
    CommentTransition.RESTORE: "restored",
    CommentTransition.UNAPPROVE: "unapproved",
}


def write(
    post: Post, text: RenderedComment, *, by: User, at: datetime, parent_id: int | None = None
) -> Comment:
    """Create a comment or a reply, which waits for moderation if the publication's policy says so.

    A duplicate, sent by a double click or a reload, returns the existing comment.
    """
    if not can_see(by, post):
        raise NotFound("There is no such post.")
    if not by.can(Permission.COMMENT):
        raise NotAllowed("Your role does not allow you to write comments.")
    if not is_open(post):
        raise CommentsClosed
    answered = None if parent_id is None else _parent(post, parent_id, by=by)
    parent_id, depth = (None, 0) if answered is None else _place_below(answered)
    sent_before = _sent_before(post, text, by=by, at=at, parent_id=parent_id)
    if sent_before is not None:
        return sent_before
    comment = Comment(
        post_id=post.id,
        parent_id=parent_id,
        reply_to_id=answered.id if answered is not None else None,
        depth=depth,
        author_id=by.id,
        body=text.body,
        html=text.html,
        status=_first_status(post, by),
        created_at=at,
    )
    db.session.add(comment)
    db.session.flush()
    _count(Counter({post.id: _weight(comment.status)}))
    if comment.status is CommentStatus.APPROVED:
        notifications.announce(comment, by=by, at=at)
    else:
        notifications.tell_moderators()
    return comment


def validate(post: Post, body: str | None, parent_id: int | None, *, by: User) -> tuple[Invalid, ...]:
    """Return every mistake in a submitted comment; omitted fields are not checked."""
    mistakes = Mistakes()
    with mistakes:
        if body is not None:
            render_comment(body)
    with mistakes:
        if parent_id is not None:
            _parent(post, parent_id, by=by)
    return mistakes.found


def _sent_before(
    post: Post, text: RenderedComment, *, by: User, at: datetime, parent_id: int | None
) -> Comment | None:
    """Return the person's recent comment with this text and parent, if it is not removed."""
    # The lock serialises each person's requests: two simultaneous duplicates would not see each other.
    db.session.execute(select(User.id).where(User.id == by.id).with_for_update(key_share=True))
    same = select(Comment).where(
        Comment.post_id == post.id,
        Comment.author_id == by.id,
        Comment.parent_id.is_not_distinct_from(parent_id),
        Comment.status.in_([CommentStatus.PENDING, CommentStatus.APPROVED]),
        Comment.created_at > at - SENT_AGAIN,
        Comment.body == text.body,
    )
    return db.session.scalars(same.order_by(Comment.id).limit(1)).first()


def _parent(post: Post, comment_id: int, *, by: User) -> Comment:
    parent = queries.find_below(post, comment_id, reader=by)
    if parent is None:
        raise ParentGone
    return parent


def _place_below(parent: Comment) -> tuple[int | None, int]:
    """Return parent and depth of a reply; at the maximum depth it becomes a sibling of the comment that it answers."""
    if parent.depth < MAX_DEPTH:
        return parent.id, parent.depth + 1
    return parent.parent_id, parent.depth


def _first_status(post: Post, by: User) -> CommentStatus:
    if is_trusted_below(post, by):
        return CommentStatus.APPROVED
    match publication().comment_policy:
        case "everybody":
            return CommentStatus.APPROVED
        case "first" if queries.has_approved(by):
            return CommentStatus.APPROVED
        case _:
            return CommentStatus.PENDING


def revise(comment: Comment, text: RenderedComment, *, by: User, at: datetime) -> None:
    """Change one's own comment. It waits again if a new one would, and a pending one stays pending."""
    if by.id != comment.author_id:
        raise NotAllowed("Only its author can change a comment.")
    if not can_revise(by, comment, at=at):
        raise EditWindowClosed
    comment.body = text.body
    comment.html = text.html
    comment.edited_at = at
    db.session.flush()
    if _first_status(comment.post, by) is CommentStatus.PENDING:
        _move([comment], {CommentStatus.APPROVED}, CommentStatus.PENDING, decided_at=None, decided_by_id=None)
        notifications.tell_moderators()


def take(step: CommentTransition, comments: Sequence[Comment], *, by: User, at: datetime) -> list[Comment]:
    """Apply a transition to comments and return those that changed; others have been moderated meanwhile and stay."""
    if not all(
        can_delete(by, comment) if step is CommentTransition.DELETE else can_moderate(by)
        for comment in comments
    ):
        raise NotAllowed("Only a moderator can decide on comments.")
    possible, result = lifecycle.TRANSITIONS[step]
    able = [
        comment for comment in comments if step is not CommentTransition.RESTORE or can_restore(by, comment)
    ]
    moved = _move(able, possible, result, decided_at=at, decided_by_id=by.id)
    _record(step, moved, by=by)
    for comment in moved:
        if result is CommentStatus.APPROVED and comment.announced_at is None:
            notifications.announce(comment, by=by, at=at)
    return moved


def _record(step: CommentTransition, moved: Sequence[Comment], *, by: User) -> None:
    """Record the decision in the audit log, with the comment's author and post."""
    rows = db.session.execute(queries.summaries([comment.id for comment in moved])) if moved else ()
    for comment_id, title, username in rows:
        audit.record(
            f"comment.{AUDIT_EVENTS[step]}", by=by, subject=title, comment=comment_id, author=username
        )


def _move(
    comments: Sequence[Comment],
    possible: frozenset[CommentStatus] | set[CommentStatus],
    result: CommentStatus,
    *,
    decided_at: datetime | None,
    decided_by_id: int | None,
) -> list[Comment]:
    """Set the status of comments, and update the comment counts of their posts.

    The rows are locked and must still have the status that was read: of two people who decide at once, one changes
    the row and the count, and the other nothing. Rows are locked in the order of their ids, comments before posts, so
    that no two wait for each other.
    """
    able = {comment.id: comment for comment in comments if comment.status in possible}
    locked = (
        select(Comment.id, Comment.status).where(Comment.id.in_(able)).order_by(Comment.id).with_for_update()
    )
    moved, changes = [], Counter[int]()
    for comment_id, stored in db.session.execute(locked).all() if able else ():
        comment = able[comment_id]
        if stored is not comment.status:
            continue
        changes[comment.post_id] += _weight(result) - _weight(stored)
        comment.status, comment.decided_at, comment.decided_by_id = result, decided_at, decided_by_id
        moved.append(comment)
    db.session.flush()
    _count(changes)
    return moved


def _weight(status: CommentStatus) -> int:
    return int(status is CommentStatus.APPROVED)


def _count(changes: Counter[int]) -> None:
    """Add to the comment counts of posts in the database, so that no concurrent update is lost."""
    for post_id, change in sorted(changes.items()):
        if change:
            statement = (
                update(Post)
                .where(Post.id == post_id)
                # A comment leaves the post's own date unchanged, although the column has an `onupdate`.
                .values(comment_count=Post.comment_count + change, updated_at=Post.updated_at)
                .execution_options(synchronize_session=False)
            )
            db.session.execute(statement)
