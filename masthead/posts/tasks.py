"""What happens to posts by the passing of time: letters about scheduled ones, and the end of the trash."""

from datetime import timedelta

from sqlalchemy import delete, select

from masthead import clock, pagecache
from masthead.accounts.models import User
from masthead.db import db
from masthead.errors import NotFound
from masthead.jobs import periodic, task
from masthead.mail import delivery, letters
from masthead.posts import queries
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.web.links import absolute_url

#: How long the trash keeps a post.
TRASH_DAYS = 30
#: Posts that one transaction deletes; each takes its revisions, comments and views along.
PURGED_AT_ONCE = 50


@task("posts.tell_of_publication")
def tell_of_publication(post_id: int, moment: int, recipient_id: int) -> None:
    """Tell somebody that the post that was scheduled for a moment (in seconds since 1970) is public now.

    Nothing, if it was unpublished or scheduled anew since: then there is another job for that moment.
    """
    try:
        post = queries.get(post_id)
    except NotFound:
        return
    is_the_moment = post.published_at is not None and int(post.published_at.timestamp()) == moment
    user = db.session.get(User, recipient_id)
    if not post.is_published or not is_the_moment or user is None or not user.email or not user.is_active:
        return
    link = absolute_url("site.post", slug=post.slug)
    delivery.send(letters.compose("published", recipient=user.email, title=post.title, link=link))


@periodic("posts.purge_trash", every=timedelta(hours=6))
def purge_trash() -> None:
    """Delete posts for good that have been in the trash for a month, a few in each transaction."""
    before = clock.now() - timedelta(days=TRASH_DAYS)
    due = select(Post.id).where(Post.status == Status.TRASHED, Post.trashed_at < before)
    while ids := db.session.scalars(due.order_by(Post.id).limit(PURGED_AT_ONCE)).all():
        # Somebody may have restored one in this moment.
        condition = Post.id.in_(ids) & (Post.status == Status.TRASHED)
        db.session.execute(delete(Post).where(condition), execution_options={"synchronize_session": False})
        pagecache.changed("posts", *(f"post:{post_id}" for post_id in ids))
        db.session.commit()
