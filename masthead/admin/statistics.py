"""Statistics for administrators: a chart of the last days, and the most read posts."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from masthead.admin import queries
from masthead.admin.job_rows import LABELS
from masthead.errors import NotFound
from masthead.jobs import outbox
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts.lists import daily_views
from masthead.posts.lists.top_posts import top_posts
from masthead.web.charts import chart

bp = Blueprint("statistics_admin", __name__)

#: The periods on offer, in days.
PERIODS = (7, 30, 90, 365)
USUAL_DAYS = 30
TOP_POSTS = 10


@bp.get("/statistics")
@requires(Permission.EDIT_POSTS)
def show() -> ResponseReturnValue:
    """Show views and comments of the last days, the most read posts, and the state of the background jobs."""
    days = _days()
    period = daily_views.last_days(days)
    jobs = outbox.counts() if current_user().can(Permission.MANAGE_JOBS) else {}
    return render_template(
        "admin/statistics.html",
        days=days,
        periods=PERIODS,
        charts=[
            chart("Page views", period, daily_views.by_day(period[0])),
            chart("Comments", period, queries.comments_by_day(period[0])),
        ],
        entries=top_posts(period[0], limit=TOP_POSTS),
        jobs=jobs,
        job_labels=LABELS,
    )


def _days() -> int:
    given = request.args.get("days", str(USUAL_DAYS))
    if given not in map(str, PERIODS):
        raise NotFound("There are statistics of 7, 30, 90 and 365 days.")
    return int(given)
