"""Copies of the pictures of other sites that posts show. The Markdown stays as it was typed: somebody may be typing in it."""

from masthead.jobs import enqueue
from masthead.media import external
from masthead.posts.models import Post
from masthead.posts.tasks import copy_pictures


def fetch(post: Post) -> None:
    """Have the pictures of a stored post copied, whatever the setting EXTERNAL_IMAGES says."""
    if external.addresses_in(post.html, post.lead_image):
        enqueue(copy_pictures, post.id, unique_key=f"pictures-of-post:{post.id}")


def receive(post: Post) -> list[str]:
    """Have the pictures of a post that is being saved copied, and say which wait; raises `Invalid` if they are refused."""
    if external.check(post.html, post.lead_image):
        fetch(post)
    return external.warnings_about(post.html, post.lead_image)
