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
from masthead.posts.models import Post, ReviewNote
from masthead.posts.summaries import PostSummary

bp = Blueprint("dashboard", __name__)

RECENT_POSTS = 8
SUBMITTED_POSTS = 10
WAITING_COMMENTS = 5
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


class Writing(NamedTuple):
    """The section for writers: their counts and their recent posts."""

    figures: list[DashboardFigure]
    recent: list[RecentPost]


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
        "dashboard/index.html", writing=_writing(user), review=_review(user), moderation=_moderation(user)
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
    return Writing(figures, [RecentPost(post, notes.get(post.id)) for post in recent])


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
