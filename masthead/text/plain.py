"""The plain text of HTML, for search, excerpts and counts."""

import re
import unicodedata
from html import unescape
from typing import Final

_SURROGATE_OR_NUL: Final = re.compile(r"[\x00\ud800-\udfff]")
#: The number of a footnote and the arrow back from it are not part of the text.
_APPARATUS: Final = re.compile(
    r'<sup class="footnote-ref">.{0,300}?</sup>|<a [^>]{0,300}class="footnote-backref"[^>]*+>[^<]*+</a>',
    re.DOTALL,
)
_BREAK: Final = re.compile(
    r"</?(?:blockquote|br|caption|dd|details|div|dl|dt|figcaption|figure|h[1-6]|hr|li|ol|p|pre|section|summary|table|"
    r"tbody|tfoot|thead|tr|ul)\b[^>]*+>"
)
_CELL: Final = re.compile(r"</t[dh]>")
#: Search and counts use the source of a formula.
_FORMULA: Final = re.compile(r'<math\b[^>]*?\balttext="([^"]*+)"[^>]*+>.*?</math>', re.DOTALL)
#: The link in a player stands for the player.
_PLAYER: Final = re.compile(r"<(audio|video)\b.*?</\1>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*+>")
_SHOWN: Final = re.compile(r"<(?:audio|img|video)\b")
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")

#: Scripts without spaces between words: each of these letters counts as a word, as in word processors.
_IDEOGRAPHS: Final = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd\u0e00-\u0e7f]"
)
_WORD: Final = re.compile(r"\w+(?>(?:['’.\-]\w+)*)")


def is_storable(text: str) -> bool:
    """Return whether both databases can store the text: PostgreSQL refuses NUL, and UTF-8 has no lone surrogates."""
    return _SURROGATE_OR_NUL.search(text) is None


def is_visible(text: str) -> bool:
    """Return whether the text has a visible character: spaces, control and format characters are invisible."""
    return any(unicodedata.category(letter)[0] not in "CZ" for letter in text)


def is_blank(clean_html: str) -> bool:
    """Return whether sanitised HTML shows neither a letter nor an image nor a player."""
    return _SHOWN.search(clean_html) is None and not is_visible(text_of(clean_html))


def text_of(clean_html: str) -> str:
    """Return the words of sanitised HTML, one line for each block."""
    text = _PLAYER.sub("", _APPARATUS.sub("", clean_html))
    text = _FORMULA.sub(r" \1 ", text)
    text = _CELL.sub(" ", _BREAK.sub("\n", text))
    return lines_of(unescape(_TAG.sub("", text)))


def lines_of(text: str) -> str:
    """Return a text without runs of spaces and empty lines."""
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def word_count(plain: str) -> int:
    """Count words; in Chinese, Japanese and Thai, which put no spaces between them, letters."""
    spaced, letters = _IDEOGRAPHS.subn(" ", plain)
    return letters + sum(1 for _ in _WORD.finditer(spaced))
