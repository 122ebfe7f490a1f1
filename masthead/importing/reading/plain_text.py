"""Converts front matter and file names to plain text."""

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
    """Make a title from a file's name."""
    words = " ".join(re.split(r"[-_\s]+", stem)).strip()
    return words[:1].upper() + words[1:] or "Untitled"


def plain_line(text: str) -> str:
    """A text on one line, without HTML and Markdown markup."""
    text = _MARKS.sub(lambda match: match[1] if match[2] is None else match[3], text)
    text = _TAG.sub("", text)
    if _ENTITY.search(text):
        text = unescape(text)
    return " ".join(text.split())


def first_heading(body: str) -> tuple[str, int] | None:
    """The first-level heading at the beginning of a text, and its end; None if there is none."""
    match = _ATX.match(body) or _SETEXT.match(body)
    return (match[1], match.end()) if match else None


def shortened(text: str, characters: int = 40) -> str:
    """The text, cut with an ellipsis if it is too long."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


def printable(path: str) -> str:
    """Escape undecodable bytes, line ends and other unprintable characters in a path."""
    return "".join(
        character if character.isprintable() and character != "\\" else _escaped(character)
        for character in path
    )


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # PEP 383: Python's representation of a byte that is not UTF-8.
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
