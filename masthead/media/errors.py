"""The error of a refused image."""

from masthead.errors import Invalid


class PictureRefused(Invalid):
    """The file is not a supported image; the message gives the reason and the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")
