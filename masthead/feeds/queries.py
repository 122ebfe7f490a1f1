"""Queries for the entries of feeds and the time of their last change."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from masthead import pagecache
from masthead.comments.cache_topics import COMMENTS
from masthead.comments.models import Comment
from masthead.comments.queries import is_readable_by
from masthead.db import db
from masthead.people.models import User
from masthead.posts import queries as posts
from masthead.posts.cache_topics import EDITS
from masthead.posts.lists import selections
from masthead.posts.lists.selections import Selection
from masthead.posts.models import Post
from masthead.tags.models import Tag

ENTRIES = 20
COMMENT_ENTRIES = 50


def newest_posts() -> Select[Post]:
    """Select the newest posts."""
    return posts.newest_first().limit(ENTRIES)


def newest_about(tag: Tag, count: int) -> Select[Post]:
    """Return the newest posts with a tag, given their number."""
    return _newest_of(selections.about(tag), count)


def newest_by(user: User, count: int) -> Select[Post]:
    """Return the newest posts that credit a person, given their number."""
    return _newest_of(selections.by(user), count)


def _newest_of(selection: Selection, count: int) -> Select[Post]:
    return posts.among(selection, count=count).limit(ENTRIES)


def newest_comments(post: Post) -> Select[Comment]:
    """Return the newest public comments below a post."""
    pagecache.depends_on(COMMENTS(post.id))
    return (
        select(Comment)
        .where(Comment.post_id == post.id, is_readable_by(None))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(COMMENT_ENTRIES)
        .options(joinedload(Comment.author, innerjoin=True))
    )


def last_change_of_posts() -> datetime | None:
    """Return the last change of posts that are, were or will be public: unpublishing changes a feed, too."""
    pagecache.depends_on(EDITS)
    return db.session.scalar(
        select(Post.updated_at)
        .where(Post.published_at.is_not(None))
        .order_by(Post.updated_at.desc())
        .limit(1)
    )


def last_publication() -> datetime | None:
    """Return the time of the last publication."""
    return db.session.scalar(
        select(Post.published_at).where(Post.is_published).order_by(Post.published_at.desc()).limit(1)
    )


def last_change_of_comments(post: Post) -> datetime | None:
    """Return the time of the last change or moderation of a comment below a post."""
    pagecache.depends_on(COMMENTS(post.id))
    moments = db.session.execute(
        select(func.max(Comment.created_at), func.max(Comment.edited_at), func.max(Comment.decided_at)).where(
            Comment.post_id == post.id
        )
    ).one()
    return max((moment for moment in moments if moment is not None), default=None)
