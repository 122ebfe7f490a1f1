"""Names that people choose: when two are the same, and what must not hide in one."""

import unicodedata
from collections.abc import Iterable
from typing import Final

#: Letters that take no ink although Unicode does not call them format characters.
_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})

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


def name_key(text: str) -> str:
    """Return the form under which a name is unique: two names with one key look or read the same."""
    if text.isascii() and text.isprintable():
        # Most names; nothing in them can hide, and an import asks for thousands.
        return " ".join(text.lower().split())
    key = text
    # Folding can undo normalisation and the other way round; three rounds settle every character there is.
    for _ in range(3):
        key = unicodedata.normalize("NFKC", _without_hidden(key)).casefold()
    return " ".join(unicodedata.normalize("NFKC", key).split())


def lookalike_key(text: str) -> str:
    """The key with one letter for the i with a dot and the i without, which Turkish tells apart and the eye does not."""
    return name_key(text).replace("\u0131", "i").replace("i\u0307", "i")


def has_hidden_characters(text: str) -> bool:
    """Say whether a name holds control, direction, zero-width, unassigned or blank characters."""
    return any(_is_hidden(character) for character in text)


def mixes_scripts(text: str) -> bool:
    """Say whether a name's letters come from scripts that are not written together, as in `pаypal` with a Cyrillic a."""
    scripts = frozenset(_scripts(text))
    return len(scripts) > 1 and not any(scripts <= together for together in _WRITTEN_TOGETHER)


def _without_hidden(text: str) -> str:
    return "".join(character for character in text if character.isspace() or not _is_hidden(character))


def _is_hidden(character: str) -> bool:
    if unicodedata.category(character) in _HIDDEN_CATEGORIES or character in _BLANK_LETTERS:
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _scripts(text: str) -> Iterable[str]:
    """Yield the script of each letter, which is the first word of its Unicode name."""
    for character in unicodedata.normalize("NFC", text):
        if character.isalpha():
            script = unicodedata.name(character, "UNKNOWN").partition(" ")[0]
            yield _SCRIPT_SYNONYMS.get(script, script)
