"""Names that people choose: keys that find duplicates, and characters that may not hide in one."""

import unicodedata
from collections.abc import Iterable
from typing import Final

#: The stored length of the key of a display name.
SHOWN_KEY_CHARACTERS: Final = 120

#: Invisible letters that Unicode does not classify as format characters.
_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})

#: Embeddings, overrides and isolates, whose effect continues behind the text; zero-width spaces.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff")

#: Zero-width joiner and non-joiner and variation selectors, and the characters that they may follow.
_JOINERS: Final = frozenset("\u200c\u200d\ufe0e\ufe0f")
_JOINED: Final = frozenset({"Lo", "Mn", "Mc", "So", "Sk"})

#: Scripts that one writing system uses together (UTS 39, "highly restrictive").
_WRITTEN_TOGETHER: Final = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
_SCRIPT_SYNONYMS: Final = {
    "KATAKANA-HIRAGANA": "KATAKANA",
    "FULLWIDTH": "LATIN",
    "HALFWIDTH": "KATAKANA",
    "IDEOGRAPHIC": "CJK",
    "MICRO": "GREEK",
    "OHM": "GREEK",
    "KELVIN": "LATIN",
    "ANGSTROM": "LATIN",
    "FEMININE": "LATIN",
    "MASCULINE": "LATIN",
}


def _pairs(codes: str, latin: str) -> dict[int, str]:
    return {int(code, 16): letter for code, letter in zip(codes.split(), latin, strict=True)}


#: Letters of other alphabets, and rare Latin ones, that look like a plain Latin letter, by their code points.
_DRAWN_LIKE: Final = {
    # Latin: alpha, dotless i and j, script g, iota.
    **_pairs("251 131 237 261 269", "aijgi"),
    # Cyrillic, small: a ie o er es u ha i je dze shha komi-de qa we palochka.
    **_pairs("430 435 43e 440 441 443 445 456 458 455 4bb 501 51b 51d 4cf", "aeopcyxijshdqwl"),
    # Cyrillic, capital: a ve ie dze i je ka em en o er es te u ha qa we.
    **_pairs("410 412 415 405 406 408 41a 41c 41d 41e 420 421 422 423 425 51a 51c", "abesijkmhopctyxqw"),
    # Greek, small: alpha gamma iota kappa nu omicron rho upsilon yot.
    **_pairs("3b1 3b3 3b9 3ba 3bd 3bf 3c1 3c5 3f3", "ayikvopuj"),
    # Greek, capital: alpha beta epsilon zeta eta iota kappa mu nu omicron rho tau upsilon chi.
    **_pairs("391 392 395 396 397 399 39a 39c 39d 39f 3a1 3a4 3a5 3a7", "abezhikmnoptyx"),
    # Armenian: oh ho vo seh co za yi.
    **_pairs("585 570 578 57d 581 566 575", "ohnugqj"),
}


def name_key(text: str) -> str:
    """Return the key under which a name is unique: two names with one key look or read alike."""
    if text.isascii() and text.isprintable():
        # The common case; no character of it can hide, and an import asks for thousands.
        return " ".join(text.lower().split())
    key = text
    # Folding can undo normalisation and the other way round; three rounds settle every character there is.
    for _ in range(3):
        key = unicodedata.normalize("NFKC", _without_hidden(key)).casefold()
    return " ".join(unicodedata.normalize("NFKC", key).split())


def lookalike_key(text: str) -> str:
    """Return a key that visually confusable names share, such as a Latin `ace` and a Cyrillic one.

    Letters compare by their glyphs, so capitals count before folding. Letters of one script that look alike in most
    typefaces, such as l and I, stay distinct.
    """
    drawn = unicodedata.normalize("NFKC", _without_hidden(text)).translate(_DRAWN_LIKE)
    return name_key(drawn).translate(_DRAWN_LIKE).replace("i\u0307", "i")


def shown_key(name: str) -> str | None:
    """Return the lookalike key of a display name as stored; None for a name without visible characters.

    A single character can fold to 18, so a long key is cut: names with such a long common beginning count as one.
    """
    return lookalike_key(tidy_name(name))[:SHOWN_KEY_CHARACTERS].rstrip() or None


def has_hidden_characters(text: str) -> bool:
    """Return whether a name holds control, direction, zero-width, unassigned or blank characters."""
    return any(_is_hidden(character) for character in text)


def mixes_scripts(text: str) -> bool:
    """Return whether a name mixes scripts that no writing system combines, as in `pаypal` with a Cyrillic a."""
    scripts = frozenset(_scripts(text))
    return len(scripts) > 1 and not any(scripts <= together for together in _WRITTEN_TOGETHER)


def tidy_name(text: str) -> str:
    """Return a name as stored: on one line, without invisible characters and those that reverse following text.

    Scripts without capitals, and emoji, need joiners and variation selectors between their characters; those stay.
    """
    kept: list[str] = []
    for character in " ".join(text.split()):
        is_needed = character in _JOINERS and kept and unicodedata.category(kept[-1]) in _JOINED
        if is_needed or unicodedata.category(character) == "Cn" or not _is_hidden(character):
            kept.append(character)
    return " ".join("".join(kept).rstrip("\u200c\u200d").split())


def tidy_title(text: str) -> str:
    """Return a title as stored: on one line, without control characters and those that reverse adjacent text.

    Marks of direction (U+200E, U+200F), joiners and soft hyphens stay: sentences of many languages need them.
    """
    return " ".join("".join(sign for sign in " ".join(text.split()) if not _is_disorderly(sign)).split())


def _is_disorderly(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or character in _TURNING


def _without_hidden(text: str) -> str:
    return "".join(character for character in text if character.isspace() or not _is_hidden(character))


def _is_hidden(character: str) -> bool:
    if unicodedata.category(character) in _HIDDEN_CATEGORIES or character in _BLANK_LETTERS:
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _scripts(text: str) -> Iterable[str]:
    """Yield the script of each letter, the first word of its Unicode name."""
    for character in unicodedata.normalize("NFC", text):
        if character.isalpha():
            script = unicodedata.name(character, "UNKNOWN").partition(" ")[0]
            yield _SCRIPT_SYNONYMS.get(script, script)


def initials(name: str) -> str:
    """Return the first letters of the first and the last word, used in place of a portrait."""
    words = name.split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
