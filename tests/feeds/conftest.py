"""A post that has everything that a feed can tell of it."""

import pytest

from masthead.content.rendering import Picture
from masthead.posts.models import Post
from tests.factories import BylineFactory, PostFactory
from tests.support.people import Cast

BODY = """
A [link](/about), a [note](#x), one [elsewhere](https://other.example/a?b=1&c=2) and `<a href="/not-a-link">`.

![Wheat](/media/ab/cd.jpg "In June")
"""


@pytest.fixture
def story(cast: Cast) -> Post:
    """A published post by two people, with a picture above it."""
    return PostFactory(
        title="Harvest",
        slug="harvest",
        body=BODY,
        summary="All is in.",
        author=cast.walt,
        bylines=[cast.walt, BylineFactory(username="wilma", name="Wilma Weiß")],
        tags=["Farming", "Autumn"],
        lead=Picture("/media/ef/01.png", alt='A "field"', caption="A field & a cart"),
    )
