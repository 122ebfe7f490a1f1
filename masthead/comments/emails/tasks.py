"""The emails about comments. Each is its own job, so that a rejected address delays no other email."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from masthead import clock, jobs
from masthead.comments import queries
from masthead.comments.links import comment_address
from masthead.comments.models import Comment, CommentStatus, ModeratorNotice
from masthead.db import db, insert_into, paginate
from masthead.errors import NotFound
from masthead.jobs import task
from masthead.mail import delivery
from masthead.mail.messages import MailMessage
from masthead.mail.transports import FAILURES
from masthead.people import notifications
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.people.notifications import Notification
from masthead.people.permissions import Permission
from masthead.text.excerpts import excerpt
from masthead.text.plain import text_of
from masthead.web.links import absolute_url

#: The minimum time between two emails to a moderator.
PAUSE = timedelta(hours=1)
QUOTED_CHARACTERS = 1_000
LISTED_COMMENTS = 5
LISTED_CHARACTERS = 200


@task("comments.tell_of_comment")
def tell_of_comment(comment_id: int, recipient_id: int) -> None:
    """Email somebody about a reply to their comment or a comment on their post, unless it was removed meanwhile."""
    try:
        comment = queries.get(comment_id, reader=None)
    except NotFound:
        return
    for kind in _kinds(comment, recipient_id):
        user = notifications.recipient(kind, recipient_id)
        if user is not None:
            said = _beginning(text_of(comment.html))
            link = comment_address(comment, comment.post)
            notifications.send(kind, user, comment=comment, post=comment.post, said=said, link=link)
            return


def _beginning(text: str) -> str:
    """Return the excerpt of a comment for an email."""
    return text if len(text) <= QUOTED_CHARACTERS else excerpt(text, QUOTED_CHARACTERS)


def _kinds(comment: Comment, recipient_id: int) -> list[Notification]:
    """Return the person's relations to the comment, the most personal first."""
    answered = comment.reply_to_id or comment.parent_id
    kinds = []
    if answered is not None:
        author_id = db.session.scalar(select(Comment.author_id).where(Comment.id == answered))
        kinds += [Notification.COMMENT_REPLY] if author_id == recipient_id else []
    writers = {comment.post.author_id, *(row.user_id for row in comment.post.byline_rows)}
    return kinds + ([Notification.COMMENT_ON_POST] if recipient_id in writers else [])


@task("comments.tell_moderators", writes=True)
def tell_moderators() -> None:
    """Queue an email to each moderator about pending comments, at the earliest time that the interval allows."""
    for user_id in db.session.scalars(accounts.reachable_with(Permission.MODERATE)).all():
        _queue(user_id)
    db.session.commit()


def _queue(user_id: int) -> None:
    notice = db.session.get(ModeratorNotice, user_id, populate_existing=True)
    run_at = notice.sent_at + PAUSE if notice is not None else None
    jobs.enqueue(tell_moderator, user_id, run_at=run_at, unique_key=f"comments-pending:{user_id}")


@task("comments.tell_moderator", writes=True)
def tell_moderator(user_id: int) -> None:
    """Email a moderator about pending comments, if there are any; within an hour of the last email, retry later."""
    user = notifications.recipient(Notification.COMMENT_PENDING, user_id)
    if user is None:
        return
    waiting = paginate(queries.queue(user, CommentStatus.PENDING), page=1, per_page=LISTED_COMMENTS)
    if not waiting.total:
        return
    letter = _pending_comments_message(user, waiting.items, waiting.total)
    now = clock.now()
    if not _claim(user, at=now):
        _queue(user_id)
        db.session.commit()
        return
    # No transaction stays open while the mail server answers, so that other comments are not blocked.
    db.session.commit()
    try:
        delivery.send(letter)
    except FAILURES:
        _release(user_id, at=now)
        raise


def _claim(user: User, *, at: datetime) -> bool:
    """Claim the next email to the moderator; False within an hour of the last. One of two concurrent calls wins."""
    statement = insert_into(ModeratorNotice, db.session.get_bind().dialect).values(
        user_id=user.id, sent_at=at
    )
    statement = statement.on_conflict_do_update(
        index_elements=["user_id"],
        set_={"sent_at": at},
        where=ModeratorNotice.sent_at <= at - PAUSE,
    )
    return db.session.scalar(statement.returning(ModeratorNotice.user_id)) is not None


def _release(user_id: int, *, at: datetime) -> None:
    """Release the claim after a failure, so that the next attempt can email the moderator."""
    db.session.rollback()
    db.session.execute(
        delete(ModeratorNotice).where(ModeratorNotice.user_id == user_id, ModeratorNotice.sent_at == at)
    )
    db.session.commit()


def _pending_comments_message(user: User, listed: Sequence[Comment], total: int) -> MailMessage:
    comments = [(comment, excerpt(text_of(comment.html), LISTED_CHARACTERS)) for comment in listed]
    link = absolute_url("comments_admin.queue")
    return notifications.compose(
        Notification.COMMENT_PENDING, user, comments=comments, total=total, link=link
    )
