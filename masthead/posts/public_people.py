"""The people whom readers may know of: those who write here, and those whom a published post credits."""

from collections.abc import Iterable

from sqlalchemy import Select, and_, case, exists, func, or_, select

from masthead import pagecache
from masthead.db import db
from masthead.errors import NotFound
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.cache_topics import POSTS
from masthead.posts.lists import counts, selections
from masthead.posts.models import Post, PostByline
from masthead.text.names import name_key

NOBODY = "Nobody here has this name."
#: Permissions whose holders meet people in their tools: comments, accounts, the posts of others.
_MEETING = (Permission.MODERATE, Permission.MANAGE_USERS, Permission.EDIT_POSTS)


def known(wanted: str) -> Select[User]:
    """Select the people whom readers may know of, with these letters in their names, by id."""
    pagecache.depends_on(POSTS)
    writing = [role.id for role in db.session.scalars(accounts.roles()) if Permission.WRITE in role.granted]
    is_writer = and_(User.is_byline.is_(False), User.role_id.in_(writing), User.is_active)
    # A form that no index matches: the posts are found by the person's rows.
    is_published = case((Post.is_published, 1), else_=0) == 1
    is_credited = exists().where(PostByline.user_id == User.id, Post.id == PostByline.post_id, is_published)
    is_named = or_(
        User.username_key.contains(name_key(wanted), autoescape=True),
        User.name.icontains(wanted, autoescape=True),
    )
    return accounts.users().where(or_(is_writer, is_credited), is_named).order_by(User.id)


def is_known(user: User, reader: User | None, *, published: int) -> bool:
    """Return whether ``reader`` may know of a person with this number of credited published posts."""
    if published or (not user.is_byline and user.is_active and user.can(Permission.WRITE)):
        return True
    return reader is not None and (reader.id == user.id or any(map(reader.can, _MEETING)))


def named(username: str, *, reader: User | None) -> tuple[User, int]:
    """Return a person and their number of published posts; raises `NotFound` if ``reader`` may not know of them."""
    user = accounts.by_username(username)
    if user is None:
        raise NotFound(NOBODY)
    published = selections.by(user).count()
    if not is_known(user, reader, published=published):
        raise NotFound(NOBODY)
    return user, published


def post_counts(users: Iterable[User]) -> dict[int, int]:
    """Return the number of published posts that credit each of these people, by id."""
    ids = [user.id for user in users]
    rows = (
        select(PostByline.user_id, func.count())
        .where(PostByline.user_id.in_(ids))
        .group_by(PostByline.user_id)
    )
    hidden = rows.where(PostByline.post_id.in_(counts.hidden()))
    unseen = {row[0]: row[1] for row in db.session.execute(hidden)}
    return {row[0]: row[1] - unseen.get(row[0], 0) for row in db.session.execute(rows)}
