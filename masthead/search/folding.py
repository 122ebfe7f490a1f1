"""Folds words to one spelling, for the index and for queries. Pure.

Case, accents, ligatures, widths, compositions and invisible characters make no difference; letters that change
the word do, such as the vowel signs of Devanagari and the voicing marks of kana.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from masthead.search.stemming import stem

#: Marks within words that `\w` does not match, and invisible characters that may stand within one.
WORD_MARKS: Final = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3"
    "\u0816-\u082d\u0859-\u085b\u08ca-\u08ff\u0900-\u0963\u0966-\u096f\u0971-\u0df3\u0e01-\u0e3a\u0e40-\u0e4e"
    "\u0e50-\u0e59\u0e81-\u0edf\u0f18-\u0f39\u0f3e-\u0f84\u0f86-\u0fbc\u1000-\u1049\u1050-\u109f\u135d-\u135f"
    "\u1712-\u1715\u1732-\u1734\u1780-\u17d3\u17dc-\u17dd\u180b-\u180f\u1920-\u193b\u1a17-\u1a1b\u1ab0-\u1aff"
    "\u1b00-\u1b44\u1b6b-\u1baa\u1be6-\u1bf3\u1c24-\u1c37\u1cd0-\u1cff\u1dc0-\u1dff\u200b-\u200f\u2060-\u2064"
    "\u20d0-\u20ff\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\ua672\ua674-\ua67d\ua823-\ua827"
    "\ua880-\ua8c5\ua8e0-\ua8f1\ua926-\ua953\ua980-\ua9c0\uaa29-\uaa36\uabe3-\uabed\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f"
    "\ufeff"
)
#: Scripts without spaces between words, and Hangul, whose particles are attached to the word before.
UNSPACED: Final = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u30fa"
    "\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u0640\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
#: Optional marks: accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic.
_ACCENTS: Final = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_NO_WORD: Final = re.compile(f"[^\\w{WORD_MARKS}]+")
_LETTERS: Final = str.maketrans(
    {
        "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ŧ": "t", "ŋ": "n",
        "ı": "i", "ĸ": "k", "ɨ": "i", "ƀ": "b", "ɗ": "d", "ɓ": "b", "ƙ": "k", "ə": "e", "ß": "ss", "ς": "σ",
        "ё": "е", "ґ": "г", "ى": "ي", "ة": "ه", "ٱ": "ا", "ک": "ك", "ی": "ي", "ʻ": "", "ʼ": "", "ʾ": "", "ʿ": "",
    }
)  # fmt: skip


def folded(text: str) -> str:
    """Return the folded spelling of a text."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold().translate(_LETTERS)
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    # Twice: a letter with a stroke may have carried an accent too.
    text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    return "".join(_digit(character) for character in text)


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def word(raw: str) -> str:
    """Return a word folded, without characters that are not part of a word."""
    text = folded(raw)
    return text if text.isascii() else _NO_WORD.sub("", text)


@lru_cache(maxsize=65_536)
def stemmed(folded_word: str) -> str:
    """Return the stem of an English word; words with letters of other alphabets stay as they are."""
    return stem(folded_word) if folded_word.isascii() and folded_word.isalpha() else folded_word
