"""Counting what waits for the people who run the publication, and what is read and discussed."""

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
    """How many of each there are."""

    comments_waiting: int
    in_review: int
    scheduled: int
    drafts: int
    published: int
    trashed: int
    accounts: int


def workload() -> Workload:
    """Everything that the overview counts, in one query."""
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
    """How often posts were read on each day from one on; days without readers are left out."""
    return _by_day(
        db.session.execute(
            select(DailyViews.day, func.sum(DailyViews.views))
            .where(DailyViews.day >= since)
            .group_by(DailyViews.day)
        )
    )


def comments_by_day(since: date) -> dict[date, int]:
    """How many comments were written on each day from one on in the publication's time zone, spam and deleted ones left out."""
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
    """The day that it is in the publication's time zone."""
    return time_zones.local(clock.now(), zone()).date()


def _days_from(since: date) -> list[date]:
    """Every day until tomorrow, with whose beginning the last one ends."""
    return [since + timedelta(days=number) for number in range((today() - since).days + 2)]


def _by_day(rows: Iterable[Row[date | str, int]]) -> dict[date, int]:
    # SQLite answers dates that a function has made as text.
    return {date.fromisoformat(day) if isinstance(day, str) else day: int(count) for day, count in rows}


def most_read(since: date, *, limit: int) -> list[tuple[str, str, int]]:
    """``(title, slug, views)`` of the published posts that were read most from a day on."""
    views = func.sum(DailyViews.views)
    rows = db.session.execute(
        select(Post.title, Post.slug, views)
        .join(DailyViews, DailyViews.post_id == Post.id)
        # As a condition that no index has: SQLite is to begin with the days, not with every published post.
        .where(DailyViews.day >= since, case((Post.is_published, 1), else_=0) == 1)
        .group_by(Post.id, Post.title, Post.slug)
        .order_by(views.desc(), Post.id.desc())
        .limit(limit)
    )
    return [(title, slug, int(count)) for title, slug, count in rows]
