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
    """Where a comment stands; who may read it in which status, `masthead.comments.queries.is_readable_by` says."""

    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    DELETED = "deleted"


class Comment(Base):
    """What somebody wrote below a post."""

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_post_id_created_at", "post_id", "created_at", "id"),
        Index("ix_comment_status_created_at", "status", "created_at", "id"),
        Index("ix_comment_author_id_status", "author_id", "status"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    #: How many comments it stands below: 0 answers the post itself.
    depth: Mapped[int] = mapped_column(default=0)
    #: What it answers. At the greatest depth it stands beside that, and not below it.
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
    #: When and by whom the status was changed last; empty while it is what the policy made it.
    decided_at: Mapped[datetime | None]
    #: When the people concerned were told of it, which happens once.
    announced_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    post: Mapped[Post] = relationship(lazy="raise", innerjoin=True)
    author: Mapped[User] = relationship(lazy="raise", innerjoin=True, foreign_keys=[author_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])


class ModeratorNotice(Base):
    """When a moderator was last told of comments that wait; they are told once an hour at most."""

    __tablename__ = "moderator_notice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sent_at: Mapped[datetime]


# What is read is noted by the queries, below a post and not one by one.
pagecache.watch(
    Comment,
    pagecache.rule(
        ["html", "status", "edited_at", "author_id", "parent_id", "reply_to_id", "depth"],
        lambda comment: [COMMENTS(comment.post_id)],
    ),
    statements=[COMMENTS.every],
)
