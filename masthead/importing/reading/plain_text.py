"""Words of front matter and file names as plain text."""

import re
from html import unescape
from typing import Final

_TAG: Final = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]{2,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_MARKS: Final = re.compile(
    r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)|(\*\*|__|`|\*)(?=\S)(.{1,400}?)(?<=\S)\2"
)
_ATX: Final = re.compile(r"\s*^ {0,3}#[ \t]+([^\n]+?)[ \t]*#*[ \t]*(?:\n|\Z)", re.MULTILINE)
_SETEXT: Final = re.compile(r"\s*^ {0,3}(\S[^\n]*)\n {0,3}=+[ \t]*(?:\n|\Z)", re.MULTILINE)


def title_from_file_name(stem: str) -> str:
    """A title made of a file's name."""
    words = " ".join(re.split(r"[-_\s]+", stem)).strip()
    return words[:1].upper() + words[1:] or "Untitled"


def plain_line(text: str) -> str:
    """A text of front matter on one line, without the tags and marks that it is written with."""
    text = _MARKS.sub(lambda match: match[1] if match[2] is None else match[3], text)
    text = _TAG.sub("", text)
    if _ENTITY.search(text):
        text = unescape(text)
    return " ".join(text.split())


def first_heading(body: str) -> tuple[str, int] | None:
    """The heading of the first level that a text begins with, and where it ends."""
    match = _ATX.match(body) or _SETEXT.match(body)
    return (match[1], match.end()) if match else None


def shortened(text: str, characters: int = 40) -> str:
    """The beginning of a name that was never meant to be one."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


def printable(path: str) -> str:
    """A path as text that can be printed and stored: bytes that are no text, line ends and the like are escaped."""
    return "".join(
        character if character.isprintable() and character != "\\" else _escaped(character)
        for character in path
    )


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # PEP 383: how Python spells a byte of a file name that is not UTF-8.
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
