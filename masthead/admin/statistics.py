"""Statistics for administrators: a chart of the last days, and the most read posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.admin import queries
from masthead.admin.job_rows import LABELS
from masthead.errors import NotFound
from masthead.jobs import outbox
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission

bp = Blueprint("statistics_admin", __name__)

#: The periods on offer, in days.
PERIODS = (7, 30, 90, 365)
USUAL_DAYS = 30
TOP_POSTS = 10
#: The size of the chart, in its own units.
WIDTH, HEIGHT, GAP = 720.0, 160.0, 0.2


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar of a chart: its day, position and label."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with one number for each day."""

    label: str
    bars: Sequence[ChartBar]
    total: int
    most: int

    @property
    def view_box(self) -> str:
        """The `viewBox` of the chart."""
        return f"0 0 {WIDTH:g} {HEIGHT:g}"


@dataclass(frozen=True, slots=True)
class TopPost:
    """A post of the ranking, with its views relative to the first one."""

    title: str
    url: str
    views: int
    share: float


@bp.get("/statistics")
@requires(Permission.EDIT_POSTS)
def show() -> ResponseReturnValue:
    """Show views and comments of the last days, the most read posts, and the state of the background jobs."""
    days = _days()
    today = queries.today()
    period = [today - timedelta(days=ago) for ago in reversed(range(days))]
    jobs = outbox.counts() if current_user().can(Permission.MANAGE_JOBS) else {}
    return render_template(
        "admin/statistics.html",
        days=days,
        periods=PERIODS,
        charts=[
            chart("Page views", period, queries.views_by_day(period[0])),
            chart("Comments", period, queries.comments_by_day(period[0])),
        ],
        entries=_entries(queries.most_read(period[0], limit=TOP_POSTS)),
        jobs=jobs,
        job_labels=LABELS,
    )


def _days() -> int:
    given = request.args.get("days", str(USUAL_DAYS))
    if given not in map(str, PERIODS):
        raise NotFound("There are statistics of 7, 30, 90 and 365 days.")
    return int(given)


def chart(label: str, period: Sequence[date], counts: Mapping[date, int]) -> Chart:
    """Return one bar for each day of the period, scaled to the highest."""
    most = max((counts.get(day, 0) for day in period), default=0)
    step = WIDTH / len(period)
    bars = []
    for number, day in enumerate(period):
        count = counts.get(day, 0)
        height = HEIGHT * count / most if most else 0.0
        x, width = number * step + step * GAP / 2, step * (1 - GAP)
        bars.append(
            ChartBar(day, count, round(x, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2))
        )
    return Chart(label, bars, sum(bar.count for bar in bars), most)


def _entries(read: Sequence[tuple[str, str, int]]) -> list[TopPost]:
    most = max((views for *_, views in read), default=0)
    return [
        TopPost(title, url_for("site.post", slug=slug), views, round(100 * views / most, 1))
        for title, slug, views in read
    ]
