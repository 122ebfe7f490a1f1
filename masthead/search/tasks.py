"""Indexes the posts of a person whose name has changed, a few in each transaction."""

from sqlalchemy import select

from masthead.db import db
from masthead.jobs import enqueue, task
from masthead.posts.models import PostByline
from masthead.search.indexing import reindex

INDEXED_AT_ONCE = 100


@task("search.index_author", writes=True)
def index_author(user_id: int, after_id: int) -> None:
    """Index the posts that credit a person, with ids above the given one, and queue the rest."""
    credited = select(PostByline.post_id).where(PostByline.user_id == user_id, PostByline.post_id > after_id)
    ids = db.session.scalars(credited.order_by(PostByline.post_id).limit(INDEXED_AT_ONCE)).all()
    for post_id in ids:
        reindex(db.session.connection(), post_id)
    if len(ids) == INDEXED_AT_ONCE:
        enqueue(index_author, user_id, ids[-1])
    db.session.commit()
