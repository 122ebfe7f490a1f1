"""The limits of uploads: bytes, pixels and types."""

from flask import current_app

from masthead.media.processing.isolation import UploadLimits


def upload_bytes() -> int:
    """`MAX_UPLOAD_MB` in bytes."""
    megabytes: int = current_app.config["MAX_UPLOAD_MB"]
    return megabytes * 1_000_000


def current(*, is_picture: bool = False) -> UploadLimits:
    """The limits of a file, by the settings; ``is_picture`` accepts pictures alone."""
    pixels: int = current_app.config["MAX_PIXELS"]
    accepted = frozenset(current_app.config["MEDIA_TYPES"])
    return UploadLimits(upload_bytes(), pixels, accepted, is_for_pictures=is_picture)
