"""Addresses of pictures."""

from flask import url_for

from masthead.media.models import Media


def media_url(picture: Media) -> str:
    """The path of a picture."""
    return url_for("media.show", path=picture.path)
