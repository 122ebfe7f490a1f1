"""Paths of posts and their authors."""

from flask import url_for

from masthead.people.models import User
from masthead.posts.models import Post
from masthead.posts.summaries import CreditedPerson, PostSummary


def post_url(post: Post | PostSummary) -> str:
    """Return the path of a post."""
    return url_for("site.post", slug=post.slug)


def author_url(user: User | CreditedPerson) -> str:
    """Return the path of a person."""
    return url_for("posts.author", username=user.username)
