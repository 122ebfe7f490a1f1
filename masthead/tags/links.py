"""Paths of tags."""

from flask import url_for

from masthead.tags.models import Tag


def tag_url(tag: Tag) -> str:
    """Return the path of a tag."""
    return url_for("posts.tag", slug=tag.slug)
