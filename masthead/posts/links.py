"""Paths of posts, their authors and their tags."""

from flask import url_for

from masthead.people.models import User
from masthead.posts.models import Post
from masthead.tags.models import Tag


def post_url(post: Post) -> str:
    """Return the path of a post."""
    return url_for("site.post", slug=post.slug)


def author_url(user: User) -> str:
    """Return the path of a person."""
    return url_for("posts.author", username=user.username)


def tag_url(tag: Tag) -> str:
    """Return the path of a tag."""
    return url_for("posts.tag", slug=tag.slug)
