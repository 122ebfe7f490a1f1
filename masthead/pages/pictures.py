"""Copies of the pictures of other sites that pages show, as for posts; see `masthead.posts.pictures`."""

from masthead.jobs import enqueue
from masthead.media import external
from masthead.pages.models import Page
from masthead.pages.tasks import copy_pictures


def fetch(page: Page) -> None:
    """Have the pictures of a stored page copied, whatever the setting EXTERNAL_IMAGES says."""
    if external.addresses_in(page.html):
        enqueue(copy_pictures, page.id, unique_key=f"pictures-of-page:{page.id}")


def receive(page: Page) -> list[str]:
    """Have the pictures of a page that is being saved copied, and say which wait; raises `Invalid` if they are refused."""
    if external.check(page.html):
        fetch(page)
    return external.warnings_about(page.html)
