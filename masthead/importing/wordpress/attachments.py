"""The files of attachments: pictures, and others that the media library accepts, by the endings of their addresses."""

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

_PICTURES: Final = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".tif", ".tiff", ".heic", ".heif",
)  # fmt: skip
#: The import looks at the content as well; this decides what is fetched.
_OTHERS: Final[Mapping[str, str]] = {
    ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".m4b": "audio/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg",
    ".flac": "audio/flac", ".wav": "audio/wav", ".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm",
    ".ogv": "video/ogg", ".pdf": "application/pdf", ".zip": "application/zip", ".vtt": "text/vtt",
}  # fmt: skip


def is_picture(address: str) -> bool:
    """Check if an address is that of a picture, by its ending."""
    return _path(address).endswith(_PICTURES)


def is_accepted(address: str, accepted: Collection[str]) -> bool:
    """Check if an address is that of a recording, a document or captions that the library accepts."""
    return _type(address) in accepted


def reason_to_leave(address: str, accepted: Collection[str]) -> str:
    """The reason for which a file stays on the old site; '' if it is imported."""
    if is_picture(address) or is_accepted(address, accepted):
        return ""
    known = _type(address)
    if known:
        return f"Files of the type {known} are not accepted here (MEDIA_TYPES); the file stays at {address[:300]}."
    return f"The media library holds no files of this type; the file stays at {address[:300]}."


def _type(address: str) -> str:
    path = _path(address)
    return next((name for ending, name in _OTHERS.items() if path.endswith(ending)), "")


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.lower()
    except ValueError:
        return ""
