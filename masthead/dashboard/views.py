"""The dashboard."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from masthead.comments import queries as comments
from masthead.comments.models import CommentStatus
from masthead.db import db, paginate
from masthead.people.access import current_user, signed_in
from masthead.people.permissions import Permission
from masthead.posts import queries as posts
from masthead.posts import reviewing
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post

bp = Blueprint("dashboard", __name__)

RECENT_POSTS = 8
SUBMITTED_POSTS = 10
WAITING_COMMENTS = 5


@bp.get("/dashboard")
@signed_in
def index() -> ResponseReturnValue:
    """What one was working on, and what waits."""
    user = current_user()
    recent, counts, notes = [], {}, {}
    if user.can(Permission.WRITE):
        own = posts.written_by(user).where(Post.status != Status.TRASHED).limit(RECENT_POSTS)
        recent = list(db.session.scalars(own).unique())
        counts = posts.counts_by_status(user)
        notes = reviewing.open_notes([post.id for post in recent if post.status is Status.DRAFT])
    submitted = None
    if user.can(Permission.EDIT_POSTS):
        submitted = paginate(posts.submitted_by_others(user), page=1, per_page=SUBMITTED_POSTS)
    waiting = []
    if user.can(Permission.MODERATE):
        oldest = comments.queue(user, CommentStatus.PENDING).limit(WAITING_COMMENTS)
        waiting = list(db.session.scalars(oldest))
    return render_template(
        "dashboard/index.html",
        recent=recent,
        counts=counts,
        notes=notes,
        submitted=submitted,
        waiting=waiting,
    )
