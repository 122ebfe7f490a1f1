"""Repairs damage that browsers tolerate: oversized or invalid PNG metadata, and a JPEG without its end mark."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from PIL import Image

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_NOTES: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_ANIMATION: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
_JPEG_END: Final = b"\xff\xd9"
#: Scan data that means something else with every Huffman table; it leaves a complete image unchanged.
_FILLER: Final = b"\x5a\xa5" * 64


def without_damaged_notes(data: bytes) -> bytes:
    """Return a PNG without its texts, and without ancillary chunks with a wrong checksum, such as a colour profile."""
    if not data.startswith(_SIGNATURE):
        return data
    try:
        return _SIGNATURE + b"".join(_kept(data))
    except struct.error:
        return data


def _kept(data: bytes) -> Iterator[bytes]:
    position = len(_SIGNATURE)
    while position < len(data):
        (size,) = struct.unpack_from(">I", data, position)
        name, end = data[position + 4 : position + 8], position + 12 + size
        # A lower-case first letter marks a chunk that readers may skip (PNG, 5.4).
        is_addition = name[:1].islower()
        if not is_addition or (name not in _NOTES and _is_sound(data, position, size)):
            yield data[position:end]
        position = end


def _is_sound(data: bytes, position: int, size: int) -> bool:
    (written,) = struct.unpack_from(">I", data, position + 8 + size)
    return zlib.crc32(data[position + 4 : position + 8 + size]) == int(written)


def without_animation(data: bytes) -> bytes | None:
    """Return a PNG without its animation chunks; None if it has none."""
    position, kept = len(_SIGNATURE), [_SIGNATURE]
    while position + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, position)
        end = position + 12 + size
        if data[position + 4 : position + 8] not in _ANIMATION:
            kept.append(data[position:end])
        position = end
    still = b"".join(kept)
    return still if len(still) < len(data) else None


def with_its_end(data: bytes) -> bytes | None:
    """Return a JPEG with its end mark, if nothing else is missing; None if it is incomplete. Decodes it twice."""
    bare = data.removesuffix(b"\xff")
    if data.endswith(_JPEG_END) or _pixels(bare + _JPEG_END) != _pixels(bare + _FILLER + _JPEG_END):
        return None
    return bare + _JPEG_END


def _pixels(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        return image.tobytes()
