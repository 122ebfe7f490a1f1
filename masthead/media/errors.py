"""Why a picture is not accepted."""

from masthead.errors import Invalid


class PictureRefused(Invalid):
    """The file is no picture that we can keep; the message says why, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")
