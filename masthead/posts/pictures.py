"""Copies of the pictures of other sites that posts show. The Markdown stays as it was typed: somebody may be typing in it."""

from sqlalchemy import select, update

from masthead import pagecache
from masthead.db import db
from masthead.jobs import enqueue, task
from masthead.media import external
from masthead.posts.models import Post


@task("posts.copy_pictures")
def copy_pictures(post_id: int) -> None:
    """Copy the pictures of other sites that a post shows, and show the copies."""
    waiting = external.addresses_in(*_pictures_of(post_id))
    again = external.fetch(waiting)
    _exchange(post_id, external.copies_of(waiting))
    if again is not None:
        enqueue(copy_pictures, post_id, run_at=again)
    db.session.commit()


def receive(post: Post) -> list[str]:
    """Have the pictures of a post that is being saved copied, and say which wait; raises `Invalid` if they are refused."""
    if external.check(post.html, post.lead_image):
        enqueue(copy_pictures, post.id, unique_key=f"pictures-of-post:{post.id}")
    return external.warnings_about(post.html, post.lead_image)


def _pictures_of(post_id: int) -> tuple[str, str | None]:
    found = db.session.execute(select(Post.html, Post.lead_image).where(Post.id == post_id)).one_or_none()
    return (found.html, found.lead_image) if found else ("", None)


def _exchange(post_id: int, copies: dict[str, str]) -> None:
    """Put the copies in place. The version stays, or whoever goes on writing would be told that somebody else had."""
    text = db.session.execute(
        select(Post.html, Post.lead_image).where(Post.id == post_id).with_for_update()
    ).one_or_none()
    if text is None or not copies:
        return
    values = {
        "html": external.exchanged(text.html, copies),
        "lead_image": copies.get(text.lead_image, text.lead_image),
        "updated_at": Post.updated_at,
    }
    db.session.execute(
        update(Post).where(Post.id == post_id).values(**values),
        execution_options={"synchronize_session": False},
    )
    pagecache.changed(f"post:{post_id}", "edits", "posts")
