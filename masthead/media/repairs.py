"""Mends damage that browsers do not mind: notes in a PNG that are too long or wrong, and a JPEG without its last mark."""

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
#: Data of a scan that means something else in every table; a picture that is whole does not change by it.
_FILLER: Final = b"\x5a\xa5" * 64


def without_damaged_notes(data: bytes) -> bytes:
    """A PNG without its texts, and without additions whose checksum is wrong, such as a colour profile."""
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
        # A small first letter marks what a reader may leave out (PNG, 5.4).
        is_addition = name[:1].islower()
        if not is_addition or (name not in _NOTES and _is_sound(data, position, size)):
            yield data[position:end]
        position = end


def _is_sound(data: bytes, position: int, size: int) -> bool:
    (written,) = struct.unpack_from(">I", data, position + 8 + size)
    return zlib.crc32(data[position + 4 : position + 8 + size]) == int(written)


def without_animation(data: bytes) -> bytes | None:
    """A PNG without the chunks of an animation; None if it has none."""
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
    """A JPEG with the mark that ends it, if nothing else is missing; None if it is not whole. Decodes it twice."""
    bare = data.removesuffix(b"\xff")
    if data.endswith(_JPEG_END) or _pixels(bare + _JPEG_END) != _pixels(bare + _FILLER + _JPEG_END):
        return None
    return bare + _JPEG_END


def _pixels(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        return image.tobytes()
