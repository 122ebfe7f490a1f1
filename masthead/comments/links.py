"""Addresses of comments."""

from masthead.comments.models import Comment
from masthead.posts.links import post_url
from masthead.posts.models import Post
from masthead.web.links import absolute_url


def comment_url(comment: Comment, post: Post) -> str:
    """The comment's place on the page of its post."""
    return f"{post_url(post)}#comment-{comment.id}"


def comment_address(comment: Comment, post: Post) -> str:
    """The same as an absolute address, for emails."""
    return f"{absolute_url('site.post', slug=post.slug)}#comment-{comment.id}"


def discussion_url(post: Post) -> str:
    """Where the comments begin on the page of a post."""
    return f"{post_url(post)}#comments"
