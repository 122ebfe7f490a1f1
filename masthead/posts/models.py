"""Posts, their bylines, their revisions, and every slug they ever had."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    text,
    true,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from masthead import clock, pagecache
from masthead.content.models import Content, ContentSlug
from masthead.content.rendering import SLUG_CHARACTERS, TITLE_CHARACTERS
from masthead.db import Base, Identifier
from masthead.media import usage as media_usage
from masthead.people.models import User
from masthead.posts.cache_topics import EDITS, POST, POSTS
from masthead.posts.derived import DerivedProperties
from masthead.posts.lifecycle import State, Status
from masthead.tags.models import Tag
from masthead.text.languages import LANGUAGE_CHARACTERS, TRANSLATION_KEY_CHARACTERS


def _now() -> datetime:
    # Evaluated at each execution, because the statement below is cached and tests set the clock.
    return clock.now()


def _status_type(name: str) -> Enum:
    return Enum(
        Status,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda statuses: [status.value for status in statuses],
    )


class Post(DerivedProperties, Content, Base):
    """An article, from its first draft to the trash."""

    __tablename__ = "post"
    __table_args__ = (
        # Lists for readers: published posts, newest first.
        Index("ix_post_status_published_at", "status", "published_at", "id"),
        # Lists for writers, filtered and counted in the index alone. SQLite reads columns behind a text only through
        # it.
        Index("ix_post_author_id_updated_at", "author_id", "updated_at", "id", "status", "published_at"),
        # Their other orders.
        Index("ix_post_author_id_title", "author_id", "title", "id", "status", "published_at"),
        Index("ix_post_author_id_views", "author_id", "views", "id", "status", "published_at"),
        # The last change visible to readers: the Last-Modified of feeds and site maps.
        Index("ix_post_updated_at", "updated_at"),
        # The other orders of the lists for writers and the API.
        Index("ix_post_status_updated_at", "status", "updated_at", "id", "published_at"),
        Index("ix_post_status_title", "status", "title", "id", "published_at"),
        Index("ix_post_status_views", "status", "views", "id", "published_at"),
        # The files of a site map, each with its last change. With the condition's column included, SQLite reads no
        # posts.
        Index(
            "ix_post_site_map",
            "status",
            "id",
            "updated_at",
            "published_at",
            "canonical_url",
            sqlite_where=text("canonical_url IS NULL"),
            postgresql_where=text("canonical_url IS NULL"),
        ),
    )

    KIND = "post"

    body: Mapped[str] = mapped_column(deferred=True, deferred_group="text")
    html: Mapped[str] = mapped_column(deferred=True, deferred_group="text")
    excerpt: Mapped[str] = mapped_column(default="")
    toc: Mapped[list[Any]] = mapped_column(JSON, deferred=True, deferred_group="text")
    status: Mapped[Status] = mapped_column(_status_type("status"), default=Status.DRAFT)
    published_at: Mapped[datetime | None]
    trashed_at: Mapped[datetime | None]
    words: Mapped[int] = mapped_column(default=0)
    reading_minutes: Mapped[int] = mapped_column(default=1)
    views: Mapped[int] = mapped_column(default=0)
    #: The number of approved comments, maintained by the actions of comments.
    comment_count: Mapped[int] = mapped_column(default=0)
    comments_open: Mapped[bool] = mapped_column(default=True)
    #: The owner of the text, who may edit it. `bylines` holds the credited people.
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    lead_image: Mapped[str | None]
    lead_alt: Mapped[str] = mapped_column(default="")
    lead_caption: Mapped[str] = mapped_column(default="")
    canonical_url: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(LANGUAGE_CHARACTERS))
    #: Equal in all translations of a text; None without translations.
    translation_key: Mapped[str | None] = mapped_column(String(TRANSLATION_KEY_CHARACTERS), index=True)
    #: Words and a picture for search results and cards; the post's own, where they are empty.
    meta_title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS), default="", server_default=text("''"))
    meta_description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    card_title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS), default="", server_default=text("''"))
    card_description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    card_image: Mapped[str | None]
    #: The moment from which readers find it no more, and the address to which its page redirects then.
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    expires_to: Mapped[str | None]
    #: The moment at which it did expire; None after it was published again.
    expired_at: Mapped[datetime | None]
    #: The moment at which the working copy becomes public.
    update_at: Mapped[datetime | None] = mapped_column(index=True)

    author: Mapped[User] = relationship(lazy="raise", innerjoin=True)
    byline_rows: Mapped[list["PostByline"]] = relationship(
        lazy="raise", order_by="PostByline.position", cascade="all, delete-orphan", passive_deletes=True
    )
    tag_rows: Mapped[list["PostTag"]] = relationship(
        lazy="raise", order_by="PostTag.position", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def bylines(self) -> list[User]:
        """The credited people, in order."""
        return [row.user for row in self.byline_rows]

    @property
    def tags(self) -> list[Tag]:
        """The tags, most important first."""
        return [row.tag for row in self.tag_rows]

    @hybrid_property
    def is_published(self) -> bool:
        """True if readers can see the post now."""
        return self.state is State.PUBLISHED

    @is_published.inplace.expression
    @classmethod
    def _is_published(cls) -> ColumnElement[bool]:
        # Evaluated at execution, so that the statement can be built once.
        now: BindParameter[datetime] = bindparam("now", callable_=_now, unique=True)
        return and_(cls.status == Status.PUBLIC, cls.published_at <= now)


class PostByline(Base):
    """A credited person of a post."""

    __tablename__ = "post_byline"
    __table_args__ = (Index("ix_post_byline_user_id_post_id", "user_id", "post_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int]

    user: Mapped[User] = relationship(lazy="raise", innerjoin=True)


class PostTag(Base):
    """A tag of a post."""

    __tablename__ = "post_tag"
    __table_args__ = (Index("ix_post_tag_tag_id_post_id", "tag_id", "post_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]

    tag: Mapped[Tag] = relationship(lazy="raise", innerjoin=True)


class PostSlug(ContentSlug, Base):
    """A slug that a post has or had."""

    __tablename__ = "post_slug"
    __table_args__ = (Index("ix_post_slug_post_id", "post_id"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))


class DailyViews(Base):
    """The views of a post on a day of the publication's time zone; `masthead.posts.view_counter` writes them."""

    __tablename__ = "daily_views"
    __table_args__ = (Index("ix_daily_views_day", "day"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int]


class Revision(Base):
    """A saved state of a post. Never changed, never pruned."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("post_id", "number"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS))
    slug: Mapped[str] = mapped_column(String(SLUG_CHARACTERS))
    summary: Mapped[str]
    body: Mapped[str] = mapped_column(deferred=True)
    tags: Mapped[list[str]]
    status: Mapped[str] = mapped_column(String(20))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"), index=True)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    #: Why it was stored; see `masthead.posts.history.Kind`.
    kind: Mapped[str] = mapped_column(String(20), default="saved", server_default=text("'saved'"))
    #: A name that an editor gave it.
    name: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    #: True if readers saw it, or will when its moment comes.
    was_public: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The version of the post after this save, where a save that began with it is merged from. None for older ones, and
    #: for those that no save stored.
    post_version: Mapped[int | None]
    #: True if the columns below were stored, too. Revisions from before schema version 0125 have the text alone.
    is_whole: Mapped[bool] = mapped_column(default=False, server_default=false())
    lead_image: Mapped[str | None]
    lead_alt: Mapped[str] = mapped_column(default="", server_default=text("''"))
    lead_caption: Mapped[str] = mapped_column(default="", server_default=text("''"))
    canonical_url: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(LANGUAGE_CHARACTERS))
    translation_key: Mapped[str | None] = mapped_column(String(TRANSLATION_KEY_CHARACTERS))
    #: Words and a picture for search results and cards; the post's own, where they are empty.
    meta_title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS), default="", server_default=text("''"))
    meta_description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    card_title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS), default="", server_default=text("''"))
    card_description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    card_image: Mapped[str | None]
    comments_open: Mapped[bool] = mapped_column(default=True, server_default=true())
    published_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(lazy="raise", innerjoin=True)
    byline_rows: Mapped[list["RevisionByline"]] = relationship(
        lazy="raise",
        order_by="RevisionByline.position",
        primaryjoin=lambda: and_(
            Revision.post_id == foreign(RevisionByline.post_id),
            Revision.number == foreign(RevisionByline.number),
        ),
        viewonly=True,
    )

    @property
    def bylines(self) -> list[User]:
        """The credited people, in order."""
        return [row.user for row in self.byline_rows]


class RevisionByline(Base):
    """A credited person of a revision."""

    __tablename__ = "revision_byline"
    __table_args__ = (
        ForeignKeyConstraint(
            ["post_id", "number"], ["revision.post_id", "revision.number"], ondelete="CASCADE"
        ),
        Index("ix_revision_byline_user_id", "user_id"),
    )

    post_id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))

    user: Mapped[User] = relationship(lazy="raise", innerjoin=True)


class ReviewNote(Base):
    """The note of an editor who sent a post back to its author."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"), index=True)
    body: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    #: The time at which the post was submitted again or published, which resolves the note.
    resolved_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(lazy="raise", innerjoin=True)


def _is_known_to_readers(post: Post | None) -> bool:
    """Return whether readers can have seen a post before or after this flush; True for one that is not loaded."""
    if post is None:
        return True
    status, moment = pagecache.previous(post, "status"), pagecache.previous(post, "published_at")
    return Status.PUBLIC in {post.status, status} or not (post.published_at is None and moment is None)


def _content_topics(post: Post) -> list[pagecache.Topic]:
    return [POST(post.id), EDITS] if _is_known_to_readers(post) else []


def _list_topics(post: Post) -> list[pagecache.Topic]:
    return [POSTS] if _is_known_to_readers(post) else []


def _translation_topics(post: Post) -> list[pagecache.Topic]:
    # The pages of translations link each other.
    return _list_topics(post) if post.translation_key else []


def _row_topics(row: PostByline | PostTag) -> list[pagecache.Topic]:
    known = _is_known_to_readers(pagecache.loaded(Post, row.post_id))
    return [POST(row.post_id), EDITS, POSTS] if known else []


_LISTED_COLUMNS = (
    "status",
    "published_at",
    "trashed_at",
    "slug",
    "canonical_url",
    "translation_key",
    "author_id",
    "expires_at",
    "update_at",
)
#: Columns that no public page shows, or that always change with others.
_UNSHOWN_COLUMNS = {"id", "views", "comment_count", "version", "created_at"}
_POST_STATEMENTS = (POSTS, EDITS, POST.every)

pagecache.watch(
    Post,
    pagecache.rule({column.key for column in Post.__table__.columns} - _UNSHOWN_COLUMNS, _content_topics),
    pagecache.rule(_LISTED_COLUMNS, _list_topics),
    pagecache.rule(["language"], _translation_topics),
    row=POST,
    rows=POSTS,
    statements=_POST_STATEMENTS,
)
media_usage.watch(
    Post,
    "post",
    ["html", "lead_image", "card_image"],
    public_by="status",
    is_public=lambda post: post.status is Status.PUBLIC,
)
# Somebody may go back to them.
media_usage.watch_history(
    Revision, "revision", ["body", "lead_image", "card_image"], id_of=lambda revision: revision.post_id
)
pagecache.watch(
    PostByline, pagecache.rule(["user_id", "position"], _row_topics), rows=POSTS, statements=_POST_STATEMENTS
)
pagecache.watch(
    PostTag, pagecache.rule(["tag_id", "position"], _row_topics), rows=POSTS, statements=_POST_STATEMENTS
)
