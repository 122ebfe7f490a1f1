"""Paths of posts and their authors."""

from flask import url_for

from masthead.people.models import User
from masthead.posts.models import Post


def post_url(post: Post) -> str:
    """Return the path of a post."""
    return url_for("site.post", slug=post.slug)


def author_url(user: User) -> str:
    """Return the path of a person."""
    return url_for("posts.author", username=user.username)
