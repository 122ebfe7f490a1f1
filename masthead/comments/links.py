"""Addresses of comments."""

from masthead.comments.models import Comment
from masthead.comments.thread import ROOTS_PER_PAGE
from masthead.posts.links import post_url
from masthead.posts.models import Post
from masthead.web.links import absolute_url


def comment_url(comment: Comment, post: Post, *, waiting: int = 0) -> str:
    """The comment's place on the page of its post; ``waiting`` ones may stand there beside those that are approved.

    Below a long thread the address names the comment, since the number of its page depends on the reader and changes
    when others are removed.
    """
    return post_url(post) + _place_of(comment, post, waiting=waiting)


def comment_address(comment: Comment, post: Post) -> str:
    """The same as an absolute address, for emails."""
    return absolute_url("site.post", slug=post.slug) + _place_of(comment, post)


def _place_of(comment: Comment, post: Post, *, waiting: int = 0) -> str:
    is_long = post.comment_count + waiting >= ROOTS_PER_PAGE
    return f"{f'?comment={comment.id}' if is_long else ''}#comment-{comment.id}"


def discussion_url(post: Post) -> str:
    """Where the comments begin on the page of a post."""
    return f"{post_url(post)}#comments"
