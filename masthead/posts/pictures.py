"""Copies of external images in posts, and the cards of pages that they embed. The Markdown stays as typed: somebody may be editing it."""

from masthead.embeds.actions import request_cards
from masthead.jobs import enqueue
from masthead.media import external
from masthead.posts.models import Post
from masthead.posts.tasks import copy_pictures


def fetch(post: Post) -> None:
    """Queue copies of a stored post's external images, whatever the setting EXTERNAL_IMAGES says, and its cards."""
    request_cards(post.html)
    if external.addresses_in(post.html, post.lead_image):
        enqueue(copy_pictures, post.id, unique_key=f"pictures-of-post:{post.id}")


def receive(post: Post) -> list[str]:
    """Queue copies of the images of a post being saved, and its cards; return warnings.

    Raises `Invalid` if images are refused.
    """
    if external.check(post.html, post.lead_image):
        fetch(post)
    else:
        request_cards(post.html)
    return external.warnings_about(post.html, post.lead_image)
