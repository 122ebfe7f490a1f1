"""Decodes files to text that can be stored."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from masthead.importing.errors import Unreadable

_OTHER_MARKS: Final = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text with normalised line ends; ``dropped`` counts the characters that were removed."""

    text: str
    dropped: int = 0


def decode(content: bytes) -> DecodedText:
    """Decode a file; raises `Unreadable` with the line of the first byte that is not UTF-8."""
    for mark, name in _OTHER_MARKS.items():
        if content.startswith(mark):
            raise Unreadable(f"This file is {name}. Save it as UTF-8.", line=1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec may have removed the byte order mark before it counted.
        offset = error.start + len(content) - len(error.object)
        line = content.count(b"\n", 0, offset) + 1
        raise Unreadable(f"Byte 0x{content[offset]:02x} is not UTF-8.", line=line) from None
    kept = storable(text)
    return DecodedText(kept.replace("\r\n", "\n").replace("\r", "\n"), dropped=len(text) - len(kept))


def storable(text: str) -> str:
    """Remove NUL characters and lone surrogates, which databases refuse."""
    return _UNSTORABLE.sub("", text)
