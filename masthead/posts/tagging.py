"""The tags of posts."""

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import ColumnElement, Select, case, delete, exists, func, select, update

from masthead import clock, pagecache
from masthead.db import db
from masthead.errors import NotFound
from masthead.people.models import User
from masthead.posts.cache_topics import POSTS
from masthead.posts.lists import selections
from masthead.posts.models import Post, PostTag
from masthead.posts.queries import is_visible_to
from masthead.tags import queries as tags
from masthead.tags import tagged_content
from masthead.tags.models import Tag


def tag_at(slug: str, *, reader: User | None) -> tuple[Tag, int]:
    """Return the tag with this slug, or the tag it was merged into, with its number of published posts.

    Raises `NotFound`, also for a tag that ``reader`` may not know of.
    """
    found = tags.present_at(slug)
    published = selections.about(found).count()
    if not published and (reader is None or not tagged_content.is_visible(found, reader)):
        raise NotFound(tags.NO_TAG)
    return found, published


class TaggedPosts:
    """Posts as the content that carries tags (`masthead.tags.tagged_content`)."""

    def counts(self, tag_ids: Sequence[int]) -> dict[int, int]:
        """Return the number of posts with each of these tags, public or not, by tag id; one query."""
        rows = db.session.execute(
            select(PostTag.tag_id, func.count()).where(PostTag.tag_id.in_(tag_ids)).group_by(PostTag.tag_id)
        )
        return {row[0]: row[1] for row in rows}

    def is_seen_by(self, reader: User | None) -> ColumnElement[bool]:
        """Return the condition on `Tag` that a person may see a post with it."""
        # The statement selects tags, so it does not note its dependency on posts.
        pagecache.depends_on(POSTS)
        # A form that no index matches: the posts are found by the tag's rows.
        can_see = case((is_visible_to(reader), 1), else_=0) == 1
        return exists().where(PostTag.tag_id == Tag.id, Post.id == PostTag.post_id, can_see)

    def was_public(self, tag: Tag) -> bool:
        """Return whether a post with this tag is, or was, published, regardless of its present status."""
        seen = _with(tag).join(Post, Post.id == PostTag.post_id).where(Post.published_at <= clock.now())
        return db.session.scalar(seen.limit(1)) is not None

    def replace_tag(self, tag: Tag, into: Tag) -> int:
        """Give ``into`` to every post with ``tag``, and return their number."""
        posts, options = _with(tag), {"synchronize_session": False}
        count = db.session.scalar(select(func.count()).select_from(posts.subquery())) or 0
        # The new version warns people with one of the posts open, instead of bringing the old tag back.
        raised = update(Post).where(Post.id.in_(posts)).values(version=Post.version + 1)
        db.session.execute(raised, execution_options=options)
        doubles = delete(PostTag).where(PostTag.tag_id == tag.id, PostTag.post_id.in_(_with(into)))
        db.session.execute(doubles, execution_options=options)
        moved = update(PostTag).where(PostTag.tag_id == tag.id).values(tag_id=into.id)
        db.session.execute(moved, execution_options=options)
        return count


def _with(tag: Tag) -> Select[int]:
    return select(PostTag.post_id).where(PostTag.tag_id == tag.id)


def init_app(app: Flask) -> None:
    """Register posts as content that carries tags."""
    tagged_content.register(app, TaggedPosts())
