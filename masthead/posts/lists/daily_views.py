"""Views of posts by day: of one post in a list, of everything that a person owns, and of the publication."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from sqlalchemy import Row, Select, and_, case, func, select

from masthead import clock, time_zones
from masthead.db import db
from masthead.people.models import User
from masthead.posts.models import DailyViews, Post
from masthead.settings.queries import zone

#: The days that a chart beside a post shows.
CHART_DAYS = 30


def today() -> date:
    """Return the current day in the publication's time zone."""
    return time_zones.local(clock.now(), zone()).date()


def last_days(days: int = CHART_DAYS) -> list[date]:
    """Return the last days, the present one last."""
    end = today()
    return [end - timedelta(days=ago) for ago in reversed(range(days))]


def of_posts(post_ids: Collection[int], since: date) -> dict[int, dict[date, int]]:
    """Return the views of each post by day from a day on; one statement, and no days without views."""
    found: dict[int, dict[date, int]] = defaultdict(dict)
    if post_ids:
        statement = select(DailyViews.post_id, DailyViews.day, DailyViews.views)
        for row in db.session.execute(
            statement.where(DailyViews.post_id.in_(post_ids), DailyViews.day >= since)
        ):
            found[row.post_id][row.day] = row.views
    return found


def by_day(since: date, *, owner: User | None = None) -> dict[date, int]:
    """Return the number of views by day from a day on; days without views are missing."""
    statement = select(DailyViews.day, func.sum(DailyViews.views)).where(DailyViews.day >= since)
    if owner is not None:
        statement = statement.where(DailyViews.post_id.in_(_owned_by(owner)))
    return _dated(db.session.execute(statement.group_by(DailyViews.day)))


def most_read(since: date, *, limit: int, owner: User | None = None) -> list[tuple[str, str, int]]:
    """Return ``(title, slug, views)`` of the most read published posts since a day."""
    views = func.sum(DailyViews.views)
    statement = (
        select(Post.title, Post.slug, views)
        .join(DailyViews, DailyViews.post_id == Post.id)
        # A form that no index matches: SQLite must begin with the days, not with every published post.
        .where(DailyViews.day >= since, case((Post.is_published, 1), else_=0) == 1)
    )
    if owner is not None:
        statement = statement.where(DailyViews.post_id.in_(_owned_by(owner)))
    rows = db.session.execute(
        statement.group_by(Post.id, Post.title, Post.slug).order_by(views.desc(), Post.id.desc()).limit(limit)
    )
    return [(title, slug, int(count)) for title, slug, count in rows]


def _owned_by(user: User) -> Select[int]:
    return select(Post.id).where(and_(Post.author_id == user.id))


def _dated(rows: Iterable[Row[date | str, int]]) -> dict[date, int]:
    # SQLite returns dates computed by a function as text.
    return {date.fromisoformat(day) if isinstance(day, str) else day: int(count) for day, count in rows}
