"""Determines the type of a file by its content, never by its name."""

import re
from dataclasses import dataclass
from typing import Final

from masthead.media.processing import svg

#: The bytes that the signatures below look at; a drawing may begin with a long comment.
HEAD_BYTES: Final = 4_096
SVG_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class FileType:
    """A media type, the kind that the library shows it as, and the extension of its address."""

    media_type: str
    kind: str
    extension: str


_TYPES: Final = (
    FileType("image/jpeg", "image", "jpg"),
    FileType("image/png", "image", "png"),
    FileType("image/webp", "image", "webp"),
    FileType("image/gif", "image", "gif"),
    FileType("image/avif", "image", "avif"),
    # Stored as JPEG, which every browser shows.
    FileType("image/heic", "image", "jpg"),
    FileType("image/svg+xml", "image", "svg"),
    FileType("audio/mpeg", "audio", "mp3"),
    FileType("audio/mp4", "audio", "m4a"),
    FileType("audio/ogg", "audio", "ogg"),
    FileType("audio/flac", "audio", "flac"),
    FileType("audio/wav", "audio", "wav"),
    FileType("video/mp4", "video", "mp4"),
    FileType("video/webm", "video", "webm"),
    FileType("video/ogg", "video", "ogv"),
    FileType("application/pdf", "document", "pdf"),
    FileType("application/zip", "document", "zip"),
    FileType("text/vtt", "captions", "vtt"),
)
BY_MEDIA_TYPE: Final = {kind.media_type: kind for kind in _TYPES}

_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF: Final = frozenset({b"avif", b"avis"})
_AUDIO: Final = frozenset({b"M4A ", b"M4B ", b"F4A "})
_VIDEO: Final = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"dash",
        b"qt  ",
        b"MSNV",
    }
)
_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"PK\x03\x04", "application/zip"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
#: MPEG-1 and MPEG-2, layer III: frame sync, version, layer, then a bit rate and a sampling rate that exist.
_MP3_FRAME: Final = re.compile(rb"\xff[\xf2\xf3\xfa\xfb][^\x00-\x0f\xf0-\xff\x0c-\x0f]", re.DOTALL)
_VTT: Final = re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT(?:[ \t][^\r\n]*)?(?:\r\n|\r|\n|\Z)")


def of(data: bytes) -> FileType | None:
    """Return the type of a file, from its content or at least its first `SVG_BYTES`; None for an unknown one."""
    name = _name(data)
    return BY_MEDIA_TYPE[name] if name else None


def _name(data: bytes) -> str | None:
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _of_brand(data)
    if data.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in data[:64] else None
    if data.startswith(b"OggS"):
        return "video/ogg" if b"\x80theora" in data[:HEAD_BYTES] else "audio/ogg"
    if _VTT.match(data):
        return "text/vtt"
    if _MP3_FRAME.match(data):
        return "audio/mpeg"
    return "image/svg+xml" if svg.is_svg(data) else None


def _of_brand(data: bytes) -> str | None:
    """Return the type of an ISO base media file by its brands (ISO/IEC 14496-12, section 4.3)."""
    length = min(int.from_bytes(data[:4], "big"), HEAD_BYTES)
    brands = [data[8:12], *(data[start : start + 4] for start in range(16, length - 3, 4))]
    for known, name in (
        (_AVIF, "image/avif"),
        (_HEIC, "image/heic"),
        (_AUDIO, "audio/mp4"),
        (_VIDEO, "video/mp4"),
    ):
        if brands[0] in known:
            # An AVIF may call itself by the general brand of its container.
            return "image/avif" if name == "image/heic" and set(brands) & _AVIF else name
    return None
