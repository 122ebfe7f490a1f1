"""How many posts readers can see, altogether and in each month; remembered until a post changes."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    ScalarSelect,
    Select,
    cast,
    extract,
    func,
    select,
    union_all,
)

from masthead import clock, pagecache
from masthead.db import db
from masthead.db.types import UTCDateTime
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post


def published() -> int:
    """How many there are."""
    return remembered("published", number_published)


def number_published() -> ColumnElement[int]:
    """The same as a part of a statement."""
    unseen = select(func.count()).select_from(hidden().subquery()).scalar_subquery()
    return select(func.count()).select_from(Post).scalar_subquery() - unseen


def kept() -> int:
    """How many posts are not in the trash, in whatever state."""
    in_trash = select(func.count()).select_from(Post).where(Post.status == Status.TRASHED).scalar_subquery()
    everything = select(func.count()).select_from(Post).scalar_subquery()
    return db.session.scalar(select(everything - in_trash)) or 0


def hidden() -> CompoundSelect[int]:
    """The ids of those that readers cannot see, each kind by way of the index.

    To count everything in an index and to take these few away again takes a hundredth of looking at each post.
    """
    is_public = Post.status == Status.PUBLIC
    return union_all(
        select(Post.id).where(Post.status.in_([status for status in Status if status is not Status.PUBLIC])),
        select(Post.id).where(is_public, Post.published_at > clock.now()),
        select(Post.id).where(is_public, Post.published_at.is_(None)),
    )


def remembered(name: str, count: Callable[[], ColumnElement[int]]) -> int:
    """The answer of a statement that counts posts, which is built when it is asked."""
    return pagecache.remembered(f"posts {name}", lambda: db.session.scalar(select(count())) or 0)


def by_month() -> list[tuple[int, int, int]]:
    """Year, month (in UTC) and number of posts of each month that has any, the newest first."""
    return pagecache.remembered(
        "posts by month",
        lambda: [(year, month, count) for year, month, count in db.session.execute(_months())],
    )


def _months() -> Select[int, int, int]:
    """Go from the last post of a month to the last one before that month, instead of asking each post for its month."""
    is_public = Post.status == Status.PUBLIC
    first = select(_last(is_public, Post.published_at <= clock.now()).label("at")).cte("last", recursive=True)
    last = first.union_all(
        select(_last(is_public, Post.published_at < _begin_of_month(first.c.at))).where(
            first.c.at.is_not(None)
        )
    )
    count = (
        select(func.count())
        .select_from(Post)
        .where(is_public, Post.published_at.between(_begin_of_month(last.c.at), last.c.at))
        .scalar_subquery()
    )
    # PostgreSQL extracts decimals.
    year, month = (cast(extract(part, last.c.at), Integer) for part in ("year", "month"))
    return select(year, month, count).where(last.c.at.is_not(None)).order_by(last.c.at.desc())


def _last(*conditions: ColumnElement[bool]) -> ScalarSelect[datetime | None]:
    newest = select(Post.published_at).where(*conditions).order_by(Post.published_at.desc())
    return newest.limit(1).scalar_subquery()


def _begin_of_month(moment: ColumnElement[datetime]) -> ColumnElement[datetime]:
    if db.engine.dialect.name == "sqlite":
        return func.strftime("%Y-%m-01 00:00:00.000000", moment, type_=UTCDateTime())
    return func.date_trunc("month", moment, type_=UTCDateTime())
