"""Notification emails: their kinds, who receives them, and the unsubscribe link in each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from masthead.db import db
from masthead.mail import delivery, messages
from masthead.mail.messages import MailMessage
from masthead.people import queries
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.web.links import absolute_url


class Notification(StrEnum):
    """A kind of email. The value is stored in accounts and in links, so it never changes."""

    COMMENT_REPLY = "comment_reply"
    COMMENT_ON_POST = "comment_on_post"
    COMMENT_PENDING = "comment_pending"
    POST_SUBMITTED = "post_submitted"
    POST_RETURNED = "post_returned"
    POST_PUBLISHED = "post_published"

    @property
    def sentence(self) -> str:
        """The event that the email is about."""
        return SENTENCES[self]


SENTENCES: dict[Notification, str] = {
    Notification.COMMENT_REPLY: "Someone replies to your comment",
    Notification.COMMENT_ON_POST: "Someone comments on your post",
    Notification.COMMENT_PENDING: "Comments are waiting for moderation (at most one email an hour)",
    Notification.POST_SUBMITTED: "Someone submits a post for review",
    Notification.POST_RETURNED: "An editor sends your post back",
    Notification.POST_PUBLISHED: "Your post is published by an editor or by schedule",
}
#: The permission that a recipient of each kind needs.
NEEDED: dict[Notification, Permission] = {
    Notification.COMMENT_REPLY: Permission.COMMENT,
    Notification.COMMENT_ON_POST: Permission.WRITE,
    Notification.COMMENT_PENDING: Permission.MODERATE,
    Notification.POST_SUBMITTED: Permission.EDIT_POSTS,
    Notification.POST_RETURNED: Permission.WRITE,
    Notification.POST_PUBLISHED: Permission.WRITE,
}
#: Kinds with confidential content: the recipient must still have the permission when the email is sent.
_CONFIDENTIAL = frozenset({Notification.COMMENT_PENDING, Notification.POST_SUBMITTED})


def choices_of(user: User) -> dict[Notification, bool]:
    """Return the kinds of email that a user can receive, and whether each is switched on."""
    return {
        kind: not is_muted(user, kind)
        for kind in Notification
        if user.can(NEEDED[kind]) or is_muted(user, kind)
    }


def is_muted(user: User, kind: Notification) -> bool:
    """Return True if the user has unsubscribed from this kind of email."""
    return kind in user.muted_emails.split()


def choose(user: User, choices: Mapping[Notification, bool]) -> None:
    """Switch kinds of email on or off. Omitted kinds stay as they are."""
    muted = {kind for kind in Notification if not choices.get(kind, not is_muted(user, kind))}
    # No cached page shows this column.
    user.muted_emails = " ".join(sorted(muted))


def recipient(kind: Notification, user_id: int) -> User | None:
    """Return the user if they may receive this kind of email: with a confirmed address, and subscribed."""
    user = db.session.scalar(queries.users().where(User.id == user_id))
    if user is None or user.is_byline or not user.is_active or not user.email or user.confirmed_at is None:
        return None
    is_permitted = kind not in _CONFIDENTIAL or user.can(NEEDED[kind])
    return user if is_permitted and not is_muted(user, kind) else None


def send(kind: Notification, user: User, **context: Any) -> None:
    """Send the email of this kind."""
    delivery.send(compose(kind, user, **context))


def compose(kind: Notification, user: User, **context: Any) -> MailMessage:
    """Write the email of this kind, whose template has the same name."""
    stop = absolute_url("emails.stop", token=_signer().dumps([user.id, kind.value]))
    return messages.compose(kind.value, recipient=user.email or "", unsubscribe=stop, **context)


def from_token(token: str) -> tuple[int, Notification] | None:
    """Return the user id and the kind of email of an unsubscribe token; None for an invalid token."""
    try:
        user_id, kind = _signer().loads(token)
        return int(user_id), Notification(kind)
    except (BadSignature, ValueError, TypeError):
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="masthead.emails")
