"""Reading comments."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from masthead.comments.models import Comment
from masthead.posts.models import Post


def below(post: Post) -> Select[Comment]:
    """All comments of a post with their authors, the oldest first."""
    return (
        select(Comment)
        .where(Comment.post_id == post.id)
        .order_by(Comment.created_at, Comment.id)
        .options(joinedload(Comment.author, innerjoin=True))
    )
