"""The dashboard."""

from typing import NamedTuple

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead.comments import queries as comments
from masthead.comments.models import Comment, CommentStatus
from masthead.db import ResultPage, db, paginated
from masthead.people.access import current_user, signed_in
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import queries as posts
from masthead.posts import review, summaries
from masthead.posts.lifecycle import State, Status
from masthead.posts.lists import daily_views
from masthead.posts.lists.top_posts import TopPost, top_posts
from masthead.posts.models import Post, ReviewNote
from masthead.posts.summaries import PostSummary
from masthead.posts.working_copy import journal
from masthead.web.charts import Chart, chart

bp = Blueprint("dashboard", __name__)

RECENT_POSTS = 8
SUBMITTED_POSTS = 10
WAITING_COMMENTS = 5
TOP_POSTS = 5
FIGURES: dict[Status, str] = {
    Status.DRAFT: "Drafts",
    Status.IN_REVIEW: "In review",
    Status.PUBLIC: "Published or scheduled",
}


class DashboardFigure(NamedTuple):
    """A number with its label."""

    label: str
    value: int


class RecentPost(NamedTuple):
    """A recently edited post, with the note of an editor who returned it."""

    post: PostSummary
    note: ReviewNote | None
    has_working_copy: bool


class Writing(NamedTuple):
    """The section for writers: their counts and their recent posts."""

    figures: list[DashboardFigure]
    recent: list[RecentPost]


class PageViews(NamedTuple):
    """The page views of the last days: of one's own posts, or of all posts for editors."""

    chart: Chart
    top_posts: list[TopPost]
    is_of_all: bool
    #: The page with more of them; None for those who may not open it.
    url: str | None


class Review(NamedTuple):
    """The section for editors: posts of others that wait for review, and the link to all of them."""

    submitted: ResultPage[PostSummary]
    url: str


class Moderation(NamedTuple):
    """The section for moderators: the longest waiting comments."""

    pending: list[Comment]


@bp.get("/dashboard")
@signed_in
def index() -> ResponseReturnValue:
    """Show recent work and waiting work."""
    user = current_user()
    return render_template(
        "dashboard/index.html",
        writing=_writing(user),
        views=_page_views(user),
        review=_review(user),
        moderation=_moderation(user),
    )


def _writing(user: User) -> Writing | None:
    if not user.can(Permission.WRITE):
        return None
    own = posts.written_by(user).where(Post.status != Status.TRASHED).limit(RECENT_POSTS)
    recent = summaries.load(own)
    counts = posts.counts_by_status(user)
    figures = (
        [DashboardFigure(label, counts.get(status, 0)) for status, label in FIGURES.items()] if counts else []
    )
    notes = review.open_notes([post.id for post in recent if post.status is Status.DRAFT])
    typed = journal.open_among([post.id for post in recent])
    return Writing(figures, [RecentPost(post, notes.get(post.id), post.id in typed) for post in recent])


def _page_views(user: User) -> PageViews | None:
    is_editor = user.can(Permission.EDIT_POSTS)
    if not (is_editor or user.can(Permission.WRITE)):
        return None
    owner = None if is_editor else user
    period = daily_views.last_days()
    views = chart("Page views", period, daily_views.by_day(period[0], owner=owner))
    top = top_posts(period[0], limit=TOP_POSTS, owner=owner) if views.total else []
    return PageViews(views, top, is_editor, url_for("statistics_admin.show") if is_editor else None)


def _review(user: User) -> Review | None:
    if not user.can(Permission.EDIT_POSTS):
        return None
    submitted = paginated(posts.submitted_by_others(user), summaries.load, page=1, per_page=SUBMITTED_POSTS)
    return Review(submitted, url_for("posts_admin.index", state=State.IN_REVIEW))


def _moderation(user: User) -> Moderation | None:
    if not user.can(Permission.MODERATE):
        return None
    oldest = comments.queue(user, CommentStatus.PENDING).limit(WAITING_COMMENTS)
    return Moderation(list(db.session.scalars(oldest)))
