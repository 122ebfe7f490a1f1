"""The API shapes of jobs, statistics and the page cache."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from masthead.admin.statistics import PERIODS, USUAL_DAYS
from masthead.jobs.models import Job
from masthead.pagecache.counters import Counts
from masthead.web.api.schemas import Count, ListAnswer, Made, PageQuery, Schema, Text

#: The states of `masthead.jobs.models.JobState`; posts have a shape called State.
JobState = Literal["queued", "running", "done", "dead", "cancelled"]


class JobAnswer(Schema):
    """A background job."""

    id: int = Field(examples=[41])
    task: str = Field(examples=["mail.deliver"])
    args: list[Any] = Field(description="Ids of what it is about.", examples=[[12]])
    state: JobState = Field(examples=["dead"])
    attempts: int = Field(examples=[12])
    created_at: Made
    run_at: datetime = Field(description="When it runs, or ran.", examples=["2026-11-20T16:06:00Z"])
    finished_at: datetime | None = Field(examples=["2026-11-21T01:12:00Z"])
    last_error: str = Field(description="Why the last attempt failed.", examples=["ConnectionRefusedError"])
    result: str = Field(
        description="A sentence about what it did, if there is anything to say.",
        examples=["Kept as they are, since they are over the limits of today: post 12."],
    )

    @classmethod
    def of(cls, job: Job) -> "JobAnswer":
        """Return the shape of a job."""
        names = JobAnswer.model_fields.keys() - {"task"}
        return cls(task=job.name, **{name: getattr(job, name) for name in names})


class Jobs(ListAnswer):
    """A page of jobs, newest first."""

    jobs: list[JobAnswer]


class JobsQuery(PageQuery):
    """The filters of the list of jobs."""

    state: JobState | None = Field(default=None, description="Those of a state.", examples=["dead"])
    task: Text | None = Field(
        default=None, max_length=100, description="Those of a task.", examples=["mail.deliver"]
    )


class StatisticsQuery(Schema):
    """The period of the statistics in days."""

    days: Count = Field(
        default=USUAL_DAYS,
        description="One of " + ", ".join(map(str, PERIODS)) + ".",
        examples=[USUAL_DAYS],
        json_schema_extra={"enum": list(PERIODS)},
    )


class Day(Schema):
    """The counts of one day (UTC)."""

    day: date = Field(examples=["2026-11-21"])
    count: int = Field(examples=[204])


class ReadPost(Schema):
    """A post with its number of views."""

    title: str = Field(examples=["The ferry that runs on a rope"])
    slug: str = Field(examples=["the-ferry"])
    views: int = Field(examples=[1204])
    url: str = Field(examples=["https://magazine.example/blog/post/the-ferry"])


class StatisticsAnswer(Schema):
    """Views and comments of the last days, including today."""

    days: int = Field(examples=[30])
    total_views: int = Field(examples=[5210])
    total_comments: int = Field(examples=[84])
    views: list[Day] = Field(description="Views of posts on each day, the first day first.")
    comments: list[Day] = Field(description="Comments that were written on each day.")
    most_read: list[ReadPost] = Field(description="The top posts, the most viewed first.")


class CacheProcess(Schema):
    """The page cache of one server process."""

    process: int = Field(examples=[4711])
    hits: int = Field(examples=[9120])
    misses: int = Field(examples=[310])
    bypasses: int = Field(examples=[88])
    refused: int = Field(description="Made, but out of date before they could be kept.", examples=[1])
    dropped: int = Field(description="Dropped because something that they show had changed.", examples=[42])
    pages: int = Field(description="Kept now.", examples=[265])
    bytes: int = Field(examples=[5242880])
    limit_bytes: int = Field(examples=[67108864])

    @classmethod
    def of(cls, process_id: int, counts: Counts) -> "CacheProcess":
        """Return the counts of a process."""
        return cls(process=process_id, **counts._asdict())


class CacheAnswer(Schema):
    """The page cache."""

    is_on: bool = Field(examples=[True])
    processes: list[CacheProcess] = Field(description="Those of this machine that have kept a page.")
