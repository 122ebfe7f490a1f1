import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from masthead.media.errors import PictureRefused
from masthead.media.processing import pictures, repairs
from tests.media.pictures import picture


def chunk(name, content, *, checksum=None):
    crc = zlib.crc32(name + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)


def with_chunk(data, added):
    """A PNG with one more chunk, behind the header's."""
    return data[:33] + added + data[33:]


def pixels(data):
    with Image.open(BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize(
    "added",
    [
        # A text that Pillow finds too long, and one with nothing in it.
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 5_000_000)),
        chunk(b"tEXt", b""),
        # A colour profile with a wrong checksum, and with a right one and nonsense.
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(b"no profile"), checksum=1),
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(b"no profile")),
    ],
)
def test_a_png_with_damaged_additions_is_taken(added):
    whole = picture("PNG")
    assert pixels(pictures.prepare(with_chunk(whole, added)).content) == pixels(whole)


def test_damage_in_what_a_png_needs_is_refused():
    whole = bytearray(picture("PNG"))
    at = whole.index(b"IDAT") + 6
    whole[at : at + 4] = b"\0\0\0\0"
    with pytest.raises(PictureRefused):
        pictures.prepare(bytes(whole))


@pytest.mark.parametrize("missing", [1, 2])
def test_a_jpeg_without_its_last_mark_is_taken(missing):
    whole = picture("JPEG", size=(120, 90))
    kept = pictures.prepare(whole[:-missing]).content
    assert pixels(kept) == pixels(pictures.prepare(whole).content)


@pytest.mark.parametrize("missing", [20, 200])
def test_a_jpeg_that_lacks_a_part_of_the_picture_is_refused(missing):
    noise = BytesIO()
    Image.effect_noise((120, 90), 80).convert("RGB").save(noise, "JPEG")
    with pytest.raises(PictureRefused):
        pictures.prepare(noise.getvalue()[:-missing])


def test_a_file_that_is_no_png_stays_as_it_is():
    assert repairs.without_damaged_notes(b"GIF89a") == b"GIF89a"
