"""The copyright notice of a photograph: kept in the file, while everything else that a camera writes is dropped.

Cameras write it into Exif, and agencies into XMP; the notice is kept as Exif.
"""

import re
from html import unescape
from typing import Final

from PIL import ExifTags, Image

from masthead.text.plain import is_storable

#: The formats in which a notice is written.
FORMATS: Final = frozenset({"JPEG", "PNG", "WEBP", "AVIF"})
CHARACTERS: Final = 300
#: The header of an Exif block in JPEG; PNG and some WebP files leave it out.
PREFIX: Final = b"Exif\0\0"
_TAGS: Final = (ExifTags.Base.Copyright, ExifTags.Base.Artist)
#: What each of them is called in XMP (Dublin Core). The first of several languages or people counts.
_PROPERTIES: Final[dict[int, str]] = {ExifTags.Base.Copyright: "rights", ExifTags.Base.Artist: "creator"}
_XMP_BYTES: Final = 500_000
_XMP: Final = r"<dc:{0}>\s*<rdf:(?:Alt|Seq|Bag)>\s*<rdf:li[^>]{{0,200}}>([^<]{{1,2000}})</rdf:li>"


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
    words = {tag: _tidied(exif.get(tag)) or _in_xmp(image, tag) for tag in _TAGS}
    return {tag: text for tag, text in words.items() if text}


def _in_xmp(image: Image.Image, tag: int) -> str:
    """Return a property of the XMP packet; it is searched, not parsed, because any file can bring hostile XML."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    data = packet.encode("utf-8", "replace") if isinstance(packet, str) else bytes(packet)
    found = re.search(_XMP.format(_PROPERTIES[tag]).encode(), data[:_XMP_BYTES])
    return _tidied(unescape(found[1].decode("utf-8", "replace")).encode()) if found else ""


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
