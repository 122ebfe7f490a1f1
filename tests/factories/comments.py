"""Comments."""

from datetime import timedelta
from typing import Any

import factory
from sqlalchemy import func, select, update

from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.people.models import User
from masthead.posts.models import Post
from tests.factories.people import UserFactory
from tests.factories.posts import NEWEST, PostFactory
from tests.factories.storing import storing


class CommentFactory(factory.Factory[Comment]):
    """An approved comment; ``parent`` is the comment that it answers."""

    class Meta:
        model = Comment

    post = factory.SubFactory(PostFactory)
    author = factory.SubFactory(UserFactory)
    parent: Comment | None = None
    body = factory.Faker("sentence")
    html = factory.LazyAttribute(lambda comment: f"<p>{comment.body}</p>")
    status = CommentStatus.APPROVED
    created_at = factory.Sequence(lambda number: NEWEST + timedelta(minutes=number))

    @classmethod
    def _create(
        cls,
        model_class: type[Comment],
        *_: Any,
        post: Post,
        author: User,
        parent: Comment | None,
        **values: Any,
    ) -> Comment:
        with storing():
            comment = model_class(
                post_id=post.id,
                author_id=author.id,
                parent_id=parent.id if parent else None,
                depth=parent.depth + 1 if parent else 0,
                **values,
            )
            db.session.add(comment)
            db.session.flush()
            _count(post.id)
            db.session.commit()
            db.session.refresh(comment)
            return comment


def _count(post_id: int) -> None:
    """Keep the number that the post carries, as the actions do."""
    approved = select(func.count()).where(
        Comment.post_id == post_id, Comment.status == CommentStatus.APPROVED
    )
    db.session.execute(
        update(Post)
        .where(Post.id == post_id)
        .values(comment_count=approved.scalar_subquery(), updated_at=Post.updated_at)
    )
