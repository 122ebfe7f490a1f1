"""Pictures for tests, good and hostile, made on the spot."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

#: Planted where a camera writes the place; must never come out again.
PLACE = "geheimer-ort-52.52-13.40"


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    """A picture with something on it, in the format that Pillow calls so."""
    image = Image.radial_gradient("L").resize(size).convert(mode)
    ImageDraw.Draw(image).line((0, 0, size[0] // 2, size[1] // 4), width=3)
    return _saved(image, kind, options)


def animation(kind: str = "GIF", frames: int = 3, **options: Any) -> bytes:
    """A picture that moves: 100, 200, 300 … milliseconds, twice."""
    images = [Image.new("RGB", (40, 30), (60 * number % 256, 20, 90)) for number in range(frames)]
    durations = [100 * (number + 1) for number in range(frames)]
    return _saved(
        images[0],
        kind,
        {"save_all": True, "append_images": images[1:], "duration": durations, "loop": 2, **options},
    )


def photograph(kind: str = "JPEG", *, orientation: int = 6) -> bytes:
    """A photograph as telephones make them: on its side, with the place, a comment and a colour profile."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = PLACE
    exif.get_ifd(0x8825)[0x001D] = PLACE
    options: dict[str, Any] = {"exif": exif}
    if kind == "JPEG":
        options |= {"comment": PLACE.encode(), "xmp": f"<x:xmpmeta>{PLACE}</x:xmpmeta>".encode()}
    return picture(kind, **options)


def bomb_header(width: int = 65_535, height: int = 65_535) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + _chunk(b"IEND", b"")
    )


def with_chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return _chunk(name, content)


def with_text_chunk(png: bytes) -> bytes:
    """The PNG with a comment behind its header."""
    return png[:33] + _chunk(b"tEXt", b"Comment\0" + PLACE.encode()) + png[33:]


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _saved(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()
