"""Copies of external images in pages, as for posts; see `masthead.posts.pictures`."""

from masthead.embeds.actions import request_cards
from masthead.jobs import enqueue
from masthead.media import external
from masthead.pages.models import Page
from masthead.pages.tasks import copy_pictures


def fetch(page: Page) -> None:
    """Queue copies of a stored page's external images, whatever the setting EXTERNAL_IMAGES says, and its cards."""
    request_cards(page.html)
    if external.addresses_in(page.html):
        enqueue(copy_pictures, page.id, unique_key=f"pictures-of-page:{page.id}")


def receive(page: Page) -> list[str]:
    """Queue copies of the images of a page being saved, and its cards; return warnings.

    Raises `Invalid` if images are refused.
    """
    if external.check(page.html):
        fetch(page)
    else:
        request_cards(page.html)
    return external.warnings_about(page.html)
