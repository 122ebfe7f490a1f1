"""Merges tags that posts carry, and deletes those that no post carries."""

from collections.abc import Sequence

from sqlalchemy import Select, case, delete, exists, func, select, update

from masthead import audit, clock, pagecache
from masthead.db import db
from masthead.errors import Conflict, Invalid, NotAllowed, NotFound
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.cache_topics import POSTS
from masthead.posts.lists import selections
from masthead.posts.models import Post, PostTag
from masthead.posts.queries import is_visible_to
from masthead.redirects import actions as redirects
from masthead.redirects.models import Redirect, Target
from masthead.tags import queries
from masthead.tags.models import Tag

#: The URL of a tag, served by `masthead.posts.views.lists`.
ADDRESS = "/blog/tag/{slug}"
GONE = "Somebody else has merged or deleted one of these tags in the meantime. Open the list of tags to see what is left."


def counts(tags: Sequence[Tag]) -> dict[int, int]:
    """Return the number of posts of each of these tags, public or not, by tag id; one query."""
    rows = db.session.execute(
        select(PostTag.tag_id, func.count())
        .where(PostTag.tag_id.in_([tag.id for tag in tags]))
        .group_by(PostTag.tag_id)
    )
    return {row[0]: row[1] for row in rows}


def visible_to(reader: User | None) -> Select[Tag]:
    """Select the tags that a person may know of, by name.

    Readers know a tag by its published posts, writers by their own drafts too, and who manages tags knows all of them.
    """
    statement = select(Tag).order_by(Tag.key, Tag.id)
    if reader is not None and reader.can(Permission.MANAGE_TAGS):
        return statement
    # The statement selects tags, so it does not note its dependency on posts.
    pagecache.depends_on(POSTS)
    # A form that no index matches: the posts are found by the tag's rows.
    can_see = case((is_visible_to(reader), 1), else_=0) == 1
    return statement.where(exists().where(PostTag.tag_id == Tag.id, Post.id == PostTag.post_id, can_see))


def is_visible(tag: Tag, reader: User | None, *, published: int) -> bool:
    """Return whether a person may know of a tag with this number of published posts."""
    if published:
        return True
    return reader is not None and db.session.scalar(visible_to(reader).where(Tag.id == tag.id)) is not None


def at(slug: str, *, reader: User | None) -> tuple[Tag, int]:
    """Return the tag with this slug, or the tag it was merged into, with its number of published posts.

    Raises `NotFound`, also for a tag that ``reader`` may not know of.
    """
    found = _at(slug)
    published = selections.about(found).count()
    if not is_visible(found, reader, published=published):
        raise NotFound(queries.NO_TAG)
    return found, published


def _at(slug: str) -> Tag:
    try:
        return queries.by_slug(slug)
    except NotFound:
        present = db.session.scalar(
            select(Tag)
            .join(Redirect, (Redirect.kind == Target.TAG) & (Redirect.target_id == Tag.id))
            .where(Redirect.path == ADDRESS.format(slug=slug))
        )
        if present is None:
            raise
        return present


def merge(tag: Tag, into: Tag, *, by: User) -> int:
    """Replace ``tag`` by ``into`` on every post, delete it, and return the number of posts.

    Every redirect to ``tag`` leads to ``into`` from now on; so does its own address, if readers can have seen it.
    """
    if tag.id == into.id:
        raise Invalid("Choose another tag than this one.", field="into")
    _check_right(by)
    _hold(tag, into)
    carriers, was_public = _carriers(tag), _was_public(tag)
    count = db.session.scalar(select(func.count()).select_from(carriers.subquery())) or 0
    options = {"synchronize_session": False}
    # The new version warns people with one of the posts open, instead of bringing the old tag back.
    raised = update(Post).where(Post.id.in_(carriers)).values(version=Post.version + 1)
    db.session.execute(raised, execution_options=options)
    doubles = delete(PostTag).where(PostTag.tag_id == tag.id, PostTag.post_id.in_(_carriers(into)))
    db.session.execute(doubles, execution_options=options)
    moved = update(PostTag).where(PostTag.tag_id == tag.id).values(tag_id=into.id)
    db.session.execute(moved, execution_options=options)
    _lead_on(tag, into, keeps_address=was_public)
    into.description = into.description or tag.description
    audit.record("tag.merged", by=by, subject=into.name, before=tag.name, posts=count)
    _remove(tag)
    return count


def remove_unused(tag: Tag, *, by: User) -> None:
    """Delete a tag that no post carries; raises `Conflict` if one does."""
    _check_right(by)
    _hold(tag)
    if db.session.scalar(_carriers(tag).limit(1)) is not None:
        raise Conflict("Posts have this tag. Merge it into another one instead.")
    redirected = delete(Redirect).where(Redirect.kind == Target.TAG, Redirect.target_id == tag.id)
    db.session.execute(redirected, execution_options={"synchronize_session": False})
    audit.record("tag.deleted", by=by, subject=tag.name)
    _remove(tag)


def _check_right(by: User) -> None:
    if not by.can(Permission.MANAGE_TAGS):
        raise NotAllowed("Only editors merge and delete tags.")


def _hold(*tags: Tag) -> None:
    """Lock these tags until the transaction ends; raises `Conflict` if one is gone."""
    ids = sorted(tag.id for tag in tags)
    held = select(Tag.id).where(Tag.id.in_(ids)).order_by(Tag.id).with_for_update()
    if list(db.session.scalars(held)) != ids:
        raise Conflict(GONE)


def _carriers(tag: Tag) -> Select[int]:
    return select(PostTag.post_id).where(PostTag.tag_id == tag.id)


def _was_public(tag: Tag) -> bool:
    """Return whether a post with this tag is, or was, published, regardless of its present status."""
    seen = _carriers(tag).join(Post, Post.id == PostTag.post_id).where(Post.published_at <= clock.now())
    return db.session.scalar(seen.limit(1)) is not None


def _lead_on(tag: Tag, into: Tag, *, keeps_address: bool) -> None:
    led = update(Redirect).where(Redirect.kind == Target.TAG, Redirect.target_id == tag.id)
    db.session.execute(led.values(target_id=into.id), execution_options={"synchronize_session": False})
    # A tag with this slug may have been merged before; the last merge counts.
    old = ADDRESS.format(slug=tag.slug)
    before = delete(Redirect).where(Redirect.path == old)
    db.session.execute(before, execution_options={"synchronize_session": False})
    if keeps_address:
        redirects.keep(old, kind=Target.TAG, target_id=into.id)


def _remove(tag: Tag) -> None:
    db.session.delete(tag)
    db.session.flush()
