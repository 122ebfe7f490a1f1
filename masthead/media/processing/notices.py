"""The copyright notice of a photograph: kept in the file, while everything else that a camera writes is dropped."""

from typing import Final

from PIL import ExifTags, Image

from masthead.text.plain import is_storable

#: The formats in which a notice is written.
FORMATS: Final = frozenset({"JPEG", "PNG", "WEBP"})
CHARACTERS: Final = 300
#: The header of an Exif block in JPEG; PNG and some WebP files leave it out.
PREFIX: Final = b"Exif\0\0"
_TAGS: Final = (ExifTags.Base.Copyright, ExifTags.Base.Artist)


def of(image: Image.Image) -> bytes:
    """Return an Exif block with the copyright and the artist of an image, and nothing else; empty without both."""
    found = _found(image)
    if not found:
        return b""
    block = Image.Exif()
    for tag, words in found.items():
        # Exif has ASCII alone; everybody writes UTF-8, and Pillow would write question marks.
        block[tag] = words.encode()
    return block.tobytes()


def words_of(image: Image.Image) -> str:
    """Return the copyright notice of an image, or its artist."""
    return next(iter(_found(image).values()), "")


def _found(image: Image.Image) -> dict[int, str]:
    exif = image.getexif()
    words = {tag: _tidied(exif.get(tag)) for tag in _TAGS}
    return {tag: text for tag, text in words.items() if text}


def _tidied(value: object) -> str:
    if not isinstance(value, str | bytes):
        return ""
    # Pillow reads Latin-1.
    data = value.encode("latin-1", "replace") if isinstance(value, str) else value
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    # Cameras fill the field with NUL and blanks; it separates the photographer from the editor by NUL.
    line = " ".join(text.replace("\0", " ").split())[:CHARACTERS].rstrip()
    return line if is_storable(line) else ""
