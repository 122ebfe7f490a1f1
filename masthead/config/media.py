"""The settings of the media library, with their types and rules."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from masthead.config.types import PictureFolder

#: Every media type that the library knows; `masthead.media.processing.kinds` recognises them by their content.
KNOWN_TYPES: Final = (
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic", "image/svg+xml",
    "audio/mpeg", "audio/mp4", "audio/ogg", "audio/flac", "audio/wav",
    "video/mp4", "video/webm", "video/ogg",
    "application/pdf", "application/zip", "text/vtt",
)  # fmt: skip
#: Nobody knows what is inside, so a site accepts this type only if MEDIA_TYPES names it.
ON_REQUEST: Final = frozenset({"application/zip"})
NARROWEST, WIDEST, MOST_WIDTHS = 16, 8_000, 10


def _known_types(names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in KNOWN_TYPES]
    if unknown:
        raise ValueError(f"each must be one of {', '.join(KNOWN_TYPES)}")
    return names or tuple(name for name in KNOWN_TYPES if name not in ON_REQUEST)


def _useful_widths(widths: tuple[int, ...]) -> tuple[int, ...]:
    if len(widths) > MOST_WIDTHS or any(not NARROWEST <= width <= WIDEST for width in widths):
        raise ValueError(f"must be at most {MOST_WIDTHS} numbers from {NARROWEST} to {WIDEST}")
    return tuple(sorted(set(widths)))


Megabytes = Annotated[int, Field(ge=0, le=10_000_000)]


class MediaFields(BaseSettings):
    """The settings of the media library."""

    #: Picture store: a folder, or ``s3://bucket/folder?endpoint=…&region=…``; empty: ``media`` in MASTHEAD_HOME.
    MEDIA_URL: PictureFolder = ""
    #: Credentials of the bucket. Empty: the machine's own credentials.
    AWS_ACCESS_KEY_ID: str = ""
    AWS_SECRET_ACCESS_KEY: SecretStr = SecretStr("")
    #: Maximum size of a file, in megabytes, and maximum pixels of a picture.
    MAX_UPLOAD_MB: int = Field(default=20, ge=1, le=2_000)
    MAX_PIXELS: int = Field(default=50_000_000, ge=10_000, le=50_000_000)
    #: Accepted media types, comma-separated; empty: all known ones but ``application/zip``.
    MEDIA_TYPES: Annotated[tuple[str, ...], NoDecode, AfterValidator(_known_types)] = Field(
        default=(), validate_default=True
    )
    #: Widths of the smaller versions of pictures, in pixels, comma-separated.
    MEDIA_WIDTHS: Annotated[tuple[int, ...], NoDecode, AfterValidator(_useful_widths)] = (
        320, 640, 960, 1_280, 1_920,
    )  # fmt: skip
    #: Megabytes of files that one person of a role may have; 0 sets no limit. A role that the site has made has the
    #: limit of the built-in role below it.
    MEDIA_QUOTA_MB_READER: Megabytes = 50
    MEDIA_QUOTA_MB_CONTRIBUTOR: Megabytes = 500
    MEDIA_QUOTA_MB_AUTHOR: Megabytes = 5_000
    MEDIA_QUOTA_MB_MODERATOR: Megabytes = 5_000
    MEDIA_QUOTA_MB_EDITOR: Megabytes = 0
    MEDIA_QUOTA_MB_ADMINISTRATOR: Megabytes = 0

    @field_validator("MEDIA_TYPES", "MEDIA_WIDTHS", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(item.strip() for item in value.split(",") if item.strip())
        return value
