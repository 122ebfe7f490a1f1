"""The errors of refused files."""

from masthead.errors import Conflict, Invalid


class PictureRefused(Invalid):
    """The file cannot be accepted; the message gives the reason and the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


class FileTooLarge(PictureRefused):
    """The file has more bytes than the site accepts."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"This file is too large: at most {limit_bytes / 1e6:.0f} MB are accepted. Make it smaller first."
        )


class StaleMedia(Conflict):
    """Somebody has changed the file since the person saw it."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody has changed this file meanwhile. Look at it again, and repeat your change."
        )
