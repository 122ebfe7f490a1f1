"""The maximum size of an upload."""

from flask import current_app


def upload_bytes() -> int:
    """`MAX_UPLOAD_MB` in bytes."""
    megabytes: int = current_app.config["MAX_UPLOAD_MB"]
    return megabytes * 1_000_000
