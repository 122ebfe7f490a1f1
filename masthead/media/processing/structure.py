"""Parses the structure of an image file: whether it holds pixels alone, and the number of its frames.

A file without room for anything but pixels is stored unchanged. That loses no quality, and an import of our own export
changes no byte. Every other file is encoded again.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from struct import unpack_from
from typing import Final

Part = tuple[bytes, int, int]

_EXIF_PREFIX: Final = b"Exif\0\0"

# JPEG (ITU-T T.81): quantisation and Huffman tables, restart interval, frame header, scan.
_JPEG_SEGMENTS: Final = frozenset(b"\xdb\xc4\xdd\xc0\xc1\xc2\xda")
_JPEG_JFIF: Final = b"\xff\xe0\x00\x10JFIF\x00"
#: In scan data, 0xFF stands before 0x00 or a restart marker; before any other byte it begins a segment.
_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7]")

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_FRAME: Final = b"fcTL"
_PNG_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
#: The chunks of an animation and their lengths; 0 for any length. The first one stands before the image.
_PNG_ANIMATION: Final = {b"acTL": 8, _PNG_FRAME: 26, b"fdAT": 0}

_GIF_LOOP: Final = b"\x0bNETSCAPE2.0"
_GIF_EXTENSION, _GIF_IMAGE, _GIF_END, _GIF_CONTROL, _GIF_APPLICATION = 0x21, 0x2C, 0x3B, 0xF9, 0xFF

_WEBP_FRAME: Final = b"ANMF"
_WEBP_CHUNKS: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", _WEBP_FRAME})
_WEBP_FRAME_HEADER: Final = 16

_AVIF_BOXES: Final = frozenset({b"ftyp", b"meta", b"mdat"})
_AVIF_META: Final = frozenset({b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp", b"iref"})
_PICTURE_ITEMS: Final = frozenset({b"av01"})
_WITH_NOTICE: Final = _PICTURE_ITEMS | {b"Exif"}
_AVIF_PROPERTIES: Final = frozenset({b"ispe", b"pixi", b"av1C", b"colr", b"auxC"})


class CutOff(ValueError):
    """A part declares a length beyond the end of the file."""


def is_bare(data: bytes, kind: str, *, notice: bytes = b"") -> bool:
    """Return whether a file of Pillow's format ``kind`` holds the image and at most this Exif block.

    For an AVIF, the caller has read the block: its place in the file is that of an item like the image's.
    """
    try:
        if kind == "AVIF":
            return _is_bare_avif(data, _WITH_NOTICE if notice else _PICTURE_ITEMS)
        return _BARE[kind](_without(notice, data, kind) if notice else data)
    except (CutOff, struct.error, IndexError):
        return False


def _without(notice: bytes, data: bytes, kind: str) -> bytes:
    """Return a file without one Exif block, if it is exactly this one and stands where Pillow writes it."""
    block = _exif_block(notice, kind)
    before, found, after = data.partition(block) if block else (data, b"", b"")
    if not found:
        return data
    if kind == "WEBP":
        # The length of the container counts the block.
        (length,) = unpack_from("<I", before, 4)
        before = before[:4] + struct.pack("<I", length - len(block)) + before[8:]
    return before + after


def _exif_block(notice: bytes, kind: str) -> bytes:
    bare = notice.removeprefix(_EXIF_PREFIX)
    match kind:
        case "JPEG":
            return b"\xff\xe1" + struct.pack(">H", len(notice) + 2) + notice
        case "PNG":
            return (
                struct.pack(">I4s", len(bare), b"eXIf") + bare + struct.pack(">I", zlib.crc32(b"eXIf" + bare))
            )
        case "WEBP":
            return b"EXIF" + struct.pack("<I", len(bare)) + bare + b"\0" * (len(bare) % 2)
    return b""


def frames(data: bytes, kind: str, *, limit: int) -> int:
    """Count the frames of a GIF, PNG or WebP up to one more than ``limit``; 1 for every other format."""
    count = 0
    for _ in _FRAMES[kind](data) if kind in _FRAMES else ():
        count += 1
        if count > limit:
            break
    return max(count, 1)


def _is_bare_jpeg(data: bytes) -> bool:
    if not data.startswith(b"\xff\xd8"):
        return False
    position = 2
    while data[position : position + 2] != b"\xff\xd9":
        lead, marker, length = unpack_from(">BBH", data, position)
        is_jfif = data.startswith(_JPEG_JFIF, position)
        if lead != 0xFF or length < 2 or not (marker in _JPEG_SEGMENTS or is_jfif):
            return False
        position += 2 + length
        if marker == 0xDA:
            following = _AFTER_SCAN.search(data, position)
            if following is None:
                return False
            position = following.start()
    return position + 2 == len(data)


def _is_bare_png(data: bytes) -> bool:
    if not data.startswith(_PNG_SIGNATURE):
        return False
    position, name = len(_PNG_SIGNATURE), b""
    seen: set[bytes] = set()
    while name != b"IEND":
        length, name = unpack_from(">I4s", data, position)
        if name not in _PNG_CHUNKS and not _is_part_of_animation(name, length, seen):
            return False
        seen.add(name)
        position += 12 + length
    return position == len(data)


def _is_part_of_animation(name: bytes, length: int, before: set[bytes]) -> bool:
    """Return whether a chunk belongs to an animation that has begun; elsewhere it could hide data."""
    if name not in _PNG_ANIMATION or (_PNG_ANIMATION[name] and length != _PNG_ANIMATION[name]):
        return False
    return not before & {b"IDAT", b"acTL"} if name == b"acTL" else b"acTL" in before


def _png_frames(data: bytes) -> Iterator[None]:
    """Count the frames of an animated PNG (PNG, third edition, section 11.3.6)."""
    position = len(_PNG_SIGNATURE)
    while position + 12 <= len(data):
        length, name = unpack_from(">I4s", data, position)
        if name == _PNG_FRAME:
            yield None
        position += 12 + length


def _is_bare_gif(data: bytes) -> bool:
    end = 0
    for kind, start, end in _gif_blocks(data):
        if kind == _GIF_EXTENSION:
            label = data[start + 1]
            is_loop = label == _GIF_APPLICATION and data.startswith(_GIF_LOOP, start + 2)
            if label != _GIF_CONTROL and not is_loop:
                return False
        if kind == _GIF_END:
            return end == len(data)
    return False


def _gif_frames(data: bytes) -> Iterator[None]:
    try:
        yield from (None for kind, _, _ in _gif_blocks(data) if kind == _GIF_IMAGE)
    except (CutOff, struct.error, IndexError):
        # The file is cut off: the frames so far count, and decoding reports the rest.
        return


def _gif_blocks(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, start and end of the blocks behind the header (GIF89a, section 17 onwards)."""
    position = 13 + _colour_table(data[10])
    while position < len(data):
        start, kind = position, data[position]
        if kind == _GIF_EXTENSION:
            position = _behind_sub_blocks(data, position + 2)
        elif kind == _GIF_IMAGE:
            position = _behind_sub_blocks(data, position + 11 + _colour_table(data[position + 9]))
        else:
            position += 1
        yield kind, start, position
        if kind not in {_GIF_EXTENSION, _GIF_IMAGE}:
            return


def _colour_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_sub_blocks(data: bytes, position: int) -> int:
    while data[position]:
        position += 1 + data[position]
    return position + 1


def _is_bare_webp(data: bytes) -> bool:
    riff, length, webp = unpack_from("<4sI4s", data)
    if riff != b"RIFF" or webp != b"WEBP" or length + 8 != len(data):
        return False
    return all(
        name in _WEBP_CHUNKS and (name != _WEBP_FRAME or _is_bare_webp_frame(data, start, end))
        for name, start, end in _webp_chunks(data, 12, len(data))
    )


def _is_bare_webp_frame(data: bytes, start: int, end: int) -> bool:
    inner = list(_webp_chunks(data, start + _WEBP_FRAME_HEADER, end))
    return all(name in _WEBP_CHUNKS and name != _WEBP_FRAME for name, _, _ in inner)


def _webp_frames(data: bytes) -> Iterator[None]:
    try:
        yield from (None for name, _, _ in _webp_chunks(data, 12, len(data)) if name == _WEBP_FRAME)
    except (CutOff, struct.error):
        return


def _webp_chunks(data: bytes, position: int, end: int) -> Iterator[Part]:
    while position < end:
        name, length = unpack_from("<4sI", data, position)
        if position + 8 + length > end:
            raise CutOff
        yield name, position + 8, position + 8 + length
        position += 8 + length + length % 2


def _is_bare_avif(data: bytes, items: frozenset[bytes]) -> bool:
    for name, start, end in _boxes(data, 0, len(data)):
        if name not in _AVIF_BOXES:
            return False
        if name == b"meta" and not _is_bare_meta(data, start + 4, end, items):
            return False
    return True


def _is_bare_meta(data: bytes, start: int, end: int, items: frozenset[bytes]) -> bool:
    """Return whether every item is of these types (no XMP, and Exif once at most), without a colour profile or rotation."""
    for name, inner, inner_end in _boxes(data, start, end):
        if name not in _AVIF_META:
            return False
        if name == b"iinf":
            wide = data[inner] > 0
            entries = list(_boxes(data, inner + (8 if wide else 6), inner_end))
            types = [_item_type(data, entry) for _, entry, _ in entries]
            if not items.issuperset(types) or types.count(b"Exif") > 1:
                return False
        if name == b"iprp" and not all(
            _is_plain_property(data, part) for part in _properties(data, inner, inner_end)
        ):
            return False
    return True


def _item_type(data: bytes, start: int) -> bytes:
    version = data[start]
    offset = start + (8 if version == 2 else 10)
    return data[offset : offset + 4] if version in {2, 3} else b""


def _properties(data: bytes, start: int, end: int) -> Iterator[Part]:
    for name, inner, inner_end in _boxes(data, start, end):
        if name == b"ipco":
            yield from _boxes(data, inner, inner_end)


def _is_plain_property(data: bytes, part: Part) -> bool:
    name, start, _ = part
    return name in _AVIF_PROPERTIES and (name != b"colr" or data[start : start + 4] == b"nclx")


def _boxes(data: bytes, position: int, end: int) -> Iterator[Part]:
    """Yield the boxes of an ISO base media file (ISO/IEC 14496-12), except with 64-bit or open-ended lengths."""
    while position < end:
        length, name = unpack_from(">I4s", data, position)
        if length < 8 or position + length > end:
            raise CutOff
        yield name, position + 8, position + length
        position += length


_BARE: Final[dict[str, Callable[[bytes], bool]]] = {
    "JPEG": _is_bare_jpeg,
    "PNG": _is_bare_png,
    "GIF": _is_bare_gif,
    "WEBP": _is_bare_webp,
}
_FRAMES: Final[dict[str, Callable[[bytes], Iterator[None]]]] = {
    "GIF": _gif_frames,
    "PNG": _png_frames,
    "WEBP": _webp_frames,
}
