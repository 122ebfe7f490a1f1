"""Addresses of posts, their authors and their tags."""

from flask import url_for

from masthead.people.models import User
from masthead.posts.models import Post
from masthead.tags.models import Tag


def post_url(post: Post) -> str:
    """The path of a post's page."""
    return url_for("site.post", slug=post.slug)


def author_url(user: User) -> str:
    """The path of a person's page."""
    return url_for("posts.author", username=user.username)


def tag_url(tag: Tag) -> str:
    """The path of a tag's page."""
    return url_for("posts.tag", slug=tag.slug)
