"""Counts of published posts, in total and by month; memoized until a post changes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    ScalarSelect,
    Select,
    and_,
    column,
    func,
    select,
    union_all,
    values,
)

from masthead import clock, pagecache, time_zones
from masthead.db import db
from masthead.db.types import UTCDateTime
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.settings.queries import zone

#: The number of months in one statement; SQLite accepts 32,766 parameters.
STATEMENT_MONTHS = 5_000


def published() -> int:
    """Return the number of published posts."""
    return memoized("published", number_published)


def number_published() -> ColumnElement[int]:
    """Return the number of published posts as a subquery."""
    unseen = select(func.count()).select_from(hidden().subquery()).scalar_subquery()
    return select(func.count()).select_from(Post).scalar_subquery() - unseen


def kept() -> int:
    """Return the number of posts outside the trash, in any state."""
    in_trash = select(func.count()).select_from(Post).where(Post.status == Status.TRASHED).scalar_subquery()
    everything = select(func.count()).select_from(Post).scalar_subquery()
    return db.session.scalar(select(everything - in_trash)) or 0


def hidden() -> CompoundSelect[int]:
    """Select the ids of posts that readers cannot see, each kind by way of the index.

    Counting everything in an index and subtracting these few takes a hundredth of the time of examining each post.
    """
    is_public = Post.status == Status.PUBLIC
    return union_all(
        select(Post.id).where(Post.status.in_([status for status in Status if status is not Status.PUBLIC])),
        select(Post.id).where(is_public, Post.published_at > clock.now()),
        select(Post.id).where(is_public, Post.published_at.is_(None)),
    )


def memoized(name: str, count: Callable[[], ColumnElement[int]]) -> int:
    """Return the result of a counting statement, which is built only when needed."""
    return pagecache.memoize(f"posts {name}", lambda: db.session.scalar(select(count())) or 0)


def by_month() -> list[tuple[int, int, int]]:
    """Return year, month (in the publication's time zone) and number of posts of non-empty months, newest first."""
    return pagecache.memoize("posts by month", _counted_by_month)


def beginning_of_month(year: int, month: int) -> datetime:
    """Return the start of a month in the publication's time zone."""
    return time_zones.beginning(year, month, 1, zone())


def _counted_by_month() -> list[tuple[int, int, int]]:
    """Count between the bounds of each month: no index knows the month of a post."""
    now = clock.now()
    is_public = and_(Post.status == Status.PUBLIC)
    seen = and_(is_public, Post.published_at <= now)
    first, last = db.session.execute(
        select(_outermost(seen, Post.published_at.asc()), _outermost(seen, Post.published_at.desc()))
    ).one()
    if first is None or last is None:
        return []
    begin, end = (time_zones.local(moment, zone()) for moment in (first, last))
    months = list(range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month))[::-1]
    counted = []
    for start in range(0, len(months), STATEMENT_MONTHS):
        rows = db.session.execute(_numbers(months[start : start + STATEMENT_MONTHS], is_public, now))
        counted += [(*_named(number), count) for number, count in rows if count]
    return counted


def _outermost(condition: ColumnElement[bool], order: ColumnElement[Any]) -> ScalarSelect[datetime | None]:
    return select(Post.published_at).where(condition).order_by(order).limit(1).scalar_subquery()


def _numbers(months: Sequence[int], condition: ColumnElement[bool], now: datetime) -> Select[int, int]:
    """Return the months, numbered from the start of the calendar, with their number of posts until now."""
    # One upper bound: with two, SQLite may use the later one in its index, and read every month up to the present.
    after_now = now + timedelta(microseconds=1)
    bounds = (
        values(
            column("month", Integer), column("begin", UTCDateTime), column("end", UTCDateTime), name="bounds"
        )
        .data(
            [
                (
                    number,
                    beginning_of_month(*_named(number)),
                    min(after_now, beginning_of_month(*_named(number + 1))),
                )
                for number in months
            ]
        )
        .cte("bounds")
    )
    count = (
        select(func.count())
        .select_from(Post)
        .where(condition, Post.published_at >= bounds.c.begin, Post.published_at < bounds.c.end)
        .scalar_subquery()
    )
    return select(bounds.c.month, count).order_by(bounds.c.month.desc())


def _named(number: int) -> tuple[int, int]:
    return number // 12, number % 12 + 1
