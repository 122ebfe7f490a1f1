"""Counts of waiting work, views and comments for the administration."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, column, func, select, values

from masthead import time_zones
from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.db.types import UTCDateTime
from masthead.people.models import User
from masthead.posts.lifecycle import State
from masthead.posts.lists import counts, daily_views
from masthead.posts.models import Post
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


def _days_from(since: date) -> list[date]:
    """Return every day until tomorrow; the start of tomorrow ends today."""
    return [since + timedelta(days=number) for number in range((daily_views.today() - since).days + 2)]
