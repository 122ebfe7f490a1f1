"""URLs of comments."""

from masthead.comments.models import Comment
from masthead.comments.thread import ROOTS_PER_PAGE
from masthead.posts.links import post_url
from masthead.posts.models import Post
from masthead.web.links import absolute_url


def comment_url(comment: Comment, post: Post, *, waiting: int = 0) -> str:
    """Return the URL of a comment on its post's page, where ``waiting`` ones may stand beside approved ones.

    In a long thread the URL names the comment instead of its page: page numbers differ between readers and change when
    comments are removed.
    """
    return post_url(post) + _place_of(comment, post, waiting=waiting)


def comment_address(comment: Comment, post: Post) -> str:
    """Return the absolute URL of a comment, for emails."""
    return absolute_url("site.post", slug=post.slug) + _place_of(comment, post)


def _place_of(comment: Comment, post: Post, *, waiting: int = 0) -> str:
    is_long = post.comment_count + waiting >= ROOTS_PER_PAGE
    return f"{f'?comment={comment.id}' if is_long else ''}#comment-{comment.id}"


def discussion_url(post: Post) -> str:
    """Return the URL of the discussion on a post's page."""
    return f"{post_url(post)}#comments"
