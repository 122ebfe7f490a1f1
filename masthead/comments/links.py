"""Addresses of comments."""

from masthead.comments.models import Comment
from masthead.posts.links import post_url
from masthead.posts.models import Post


def comment_url(comment: Comment, post: Post) -> str:
    """The comment's place on the page of its post."""
    return f"{post_url(post)}#comment-{comment.id}"


def discussion_url(post: Post) -> str:
    """Where the comments begin on the page of a post."""
    return f"{post_url(post)}#comments"
