"""Comments."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from masthead import pagecache
from masthead.comments.cache_topics import COMMENTS
from masthead.db import Base, Identifier
from masthead.people.models import User
from masthead.posts.models import Post


class CommentStatus(StrEnum):
    """The status of a comment. `masthead.comments.queries.is_readable_by` decides who may read it."""

    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    DELETED = "deleted"


class Comment(Base):
    """A comment below a post."""

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_post_id_created_at", "post_id", "created_at", "id"),
        Index("ix_comment_status_created_at", "status", "created_at", "id"),
        Index("ix_comment_author_id_status", "author_id", "status"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    #: The number of ancestors: 0 answers the post itself.
    depth: Mapped[int] = mapped_column(default=0)
    #: The comment that this one answers. At the maximum depth this one is a sibling of it.
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    body: Mapped[str]
    html: Mapped[str]
    status: Mapped[CommentStatus] = mapped_column(
        Enum(
            CommentStatus,
            name="status",
            native_enum=False,
            create_constraint=True,
            length=20,
            values_callable=lambda statuses: [status.value for status in statuses],
        )
    )
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    #: The time and the author of the last status change; empty while the status is the policy's.
    decided_at: Mapped[datetime | None]
    #: The time at which the people concerned were notified, which happens once.
    announced_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    post: Mapped[Post] = relationship(lazy="raise", innerjoin=True)
    author: Mapped[User] = relationship(lazy="raise", innerjoin=True, foreign_keys=[author_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])


class ModeratorNotice(Base):
    """The time of a moderator's last email about pending comments; at most one is sent an hour."""

    __tablename__ = "moderator_notice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sent_at: Mapped[datetime]


# The queries note reads below a post as one dependency, not one for each comment.
pagecache.watch(
    Comment,
    pagecache.rule(
        ["html", "status", "edited_at", "author_id", "parent_id", "reply_to_id", "depth"],
        lambda comment: [COMMENTS(comment.post_id)],
    ),
    statements=[COMMENTS.every],
)
