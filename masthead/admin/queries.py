"""Counts of waiting work, views and comments for the administration."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, Row, case, column, func, select, values

from masthead import clock, time_zones
from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.db.types import UTCDateTime
from masthead.people.models import User
from masthead.posts.lifecycle import State
from masthead.posts.lists import counts
from masthead.posts.models import DailyViews, Post
from masthead.posts.queries import in_state
from masthead.settings.queries import zone


@dataclass(frozen=True, slots=True)
class Workload:
    """The counts of waiting work."""

    comments_waiting: int
    in_review: int
    scheduled: int
    drafts: int
    published: int
    trashed: int
    accounts: int


def workload() -> Workload:
    """Return every count of the overview, in one query."""
    row = db.session.execute(
        select(
            _count(Comment, Comment.status == CommentStatus.PENDING),
            _count(Post, in_state(State.IN_REVIEW)),
            _count(Post, in_state(State.SCHEDULED)),
            _count(Post, in_state(State.DRAFT)),
            counts.number_published(),
            _count(Post, in_state(State.TRASHED)),
            _count(User, User.is_byline.is_(False)),
        )
    ).one()
    return Workload(*row)


def _count(model: type[Comment | Post | User], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(model).where(condition).scalar_subquery()


def views_by_day(since: date) -> dict[date, int]:
    """Return the number of views by day from a day on; days without views are missing."""
    return _by_day(
        db.session.execute(
            select(DailyViews.day, func.sum(DailyViews.views))
            .where(DailyViews.day >= since)
            .group_by(DailyViews.day)
        )
    )


def comments_by_day(since: date) -> dict[date, int]:
    """Return the comments per day in the publication's time zone, without spam and deleted ones."""
    bounds = [time_zones.beginning(day.year, day.month, day.day, zone()) for day in _days_from(since)]
    days = (
        values(column("day", Date), column("begin", UTCDateTime), column("end", UTCDateTime), name="days")
        .data(list(zip(_days_from(since), bounds, bounds[1:], strict=False)))
        .cte("days")
    )
    count = (
        select(func.count())
        .select_from(Comment)
        .where(
            Comment.status.in_([CommentStatus.PENDING, CommentStatus.APPROVED]),
            Comment.created_at >= days.c.begin,
            Comment.created_at < days.c.end,
        )
        .scalar_subquery()
    )
    return {day: number for day, number in db.session.execute(select(days.c.day, count)) if number}


def today() -> date:
    """Return the current day in the publication's time zone."""
    return time_zones.local(clock.now(), zone()).date()


def _days_from(since: date) -> list[date]:
    """Return every day until tomorrow; the start of tomorrow ends today."""
    return [since + timedelta(days=number) for number in range((today() - since).days + 2)]


def _by_day(rows: Iterable[Row[date | str, int]]) -> dict[date, int]:
    # SQLite returns dates computed by a function as text.
    return {date.fromisoformat(day) if isinstance(day, str) else day: int(count) for day, count in rows}


def most_read(since: date, *, limit: int) -> list[tuple[str, str, int]]:
    """Return ``(title, slug, views)`` of the most read published posts since a day."""
    views = func.sum(DailyViews.views)
    rows = db.session.execute(
        select(Post.title, Post.slug, views)
        .join(DailyViews, DailyViews.post_id == Post.id)
        # A form that no index matches: SQLite must begin with the days, not with every published post.
        .where(DailyViews.day >= since, case((Post.is_published, 1), else_=0) == 1)
        .group_by(Post.id, Post.title, Post.slug)
        .order_by(views.desc(), Post.id.desc())
        .limit(limit)
    )
    return [(title, slug, int(count)) for title, slug, count in rows]
