"""The API of jobs, statistics and the page cache."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from flask import Blueprint, Response, current_app

from masthead import audit
from masthead.admin import queries
from masthead.admin.operation_schemas import (
    CacheAnswer,
    CacheProcess,
    Day,
    JobAnswer,
    Jobs,
    JobsQuery,
    ReadPost,
    StatisticsAnswer,
    StatisticsQuery,
)
from masthead.admin.statistics import PERIODS, TOP_POSTS
from masthead.errors import Invalid
from masthead.jobs import outbox
from masthead.pagecache import clear_cache as clearing
from masthead.pagecache import counters
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts.lists import daily_views
from masthead.web.api.operations import Answer, commit_and_answer, operation
from masthead.web.api.paging import address, list_answer

jobs = Blueprint("jobs_api", __name__)
statistics = Blueprint("statistics_api", __name__)
cache = Blueprint("cache_api", __name__)


@jobs.get("")
@requires(Permission.MANAGE_JOBS)
@operation("List jobs", tag="jobs", query=JobsQuery, answer=Jobs, problems=(403, 404))
def list_jobs(query: JobsQuery) -> Answer:
    """Jobs, newest first, filtered by state and task."""
    return list_answer(Jobs, outbox.listed(query.state, query.task or ""), query, JobAnswer.of)


@jobs.get("/<int:job_id>")
@requires(Permission.MANAGE_JOBS)
@operation("Read a job", tag="jobs", answer=JobAnswer, problems=(403, 404))
def show_job(job_id: int) -> Answer:
    """The state of a job and its last error."""
    return _shown(job_id)


def _shown(job_id: int) -> Answer:
    return Answer(JobAnswer.of(outbox.get(job_id)))


@jobs.post("/<int:job_id>/retry")
@requires(Permission.MANAGE_JOBS)
@operation("Retry a job", tag="jobs", answer=JobAnswer, problems=(403, 404, 409))
def retry(job_id: int) -> Response:
    """Queue a failed or cancelled job again."""
    outbox.retry(job_id)
    audit.record("job.retried", by=current_user(), subject=str(job_id))
    return commit_and_answer(_shown, job_id)


@jobs.post("/<int:job_id>/cancel")
@requires(Permission.MANAGE_JOBS)
@operation("Cancel a job", tag="jobs", answer=JobAnswer, problems=(403, 404, 409))
def cancel(job_id: int) -> Response:
    """Cancel a queued or failed job."""
    outbox.cancel(job_id)
    audit.record("job.cancelled", by=current_user(), subject=str(job_id))
    return commit_and_answer(_shown, job_id)


@statistics.get("")
@requires(Permission.EDIT_POSTS)
@operation(
    "Read the statistics", tag="statistics", query=StatisticsQuery, answer=StatisticsAnswer, problems=(403,)
)
def show_statistics(query: StatisticsQuery) -> Answer:
    """Views and comments of each recent day, and the most read posts."""
    if query.days not in PERIODS:
        raise Invalid("There are statistics of 7, 30, 90 and 365 days.", field="days")
    period = daily_views.last_days(query.days)
    views = _by_day(period, daily_views.by_day(period[0]))
    comments = _by_day(period, queries.comments_by_day(period[0]))
    most_read = daily_views.most_read(period[0], limit=TOP_POSTS)
    return Answer(
        StatisticsAnswer(
            days=query.days,
            total_views=sum(day.count for day in views),
            total_comments=sum(day.count for day in comments),
            views=views,
            comments=comments,
            most_read=[
                ReadPost(title=title, slug=slug, views=count, url=address(f"/blog/post/{slug}"))
                for title, slug, count in most_read
            ],
        )
    )


def _by_day(period: Sequence[date], counts: Mapping[date, int]) -> list[Day]:
    return [Day(day=day, count=counts.get(day, 0)) for day in period]


@cache.get("")
@requires(Permission.MANAGE_JOBS)
@operation("Read the status of the page cache", tag="cache", answer=CacheAnswer, problems=(403,))
def show_cache() -> Answer:
    """The hit rate and the fill level of each server process on this machine."""
    is_on, home = current_app.config["PAGE_CACHE"], Path(current_app.config["MASTHEAD_HOME"])
    counted = counters.of_processes(home) if is_on else ()
    return Answer(
        CacheAnswer(is_on=is_on, processes=[CacheProcess.of(number, counts) for number, counts in counted])
    )


@cache.delete("")
@requires(Permission.MANAGE_JOBS)
@operation("Clear the page cache", tag="cache", status=204, problems=(403,))
def clear_cache() -> Response:
    """Clear the page cache of every server process on every machine. Never necessary: pages are never stale."""
    clearing.clear(by=current_user())
    return commit_and_answer(Answer, None)
