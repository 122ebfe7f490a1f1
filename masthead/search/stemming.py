"""English words without their endings: Porter's algorithm (M. F. Porter, "An algorithm for suffix stripping", 1980).

The same on both databases, whose own stemmers differ.
"""

import re
from typing import Final

#: Shorter words are seldom inflected, and often words of other languages (`été`, `das`).
UNTOUCHED_CHARACTERS: Final = 3

#: Consonants and vowels; `y` is a vowel behind a consonant.
_CONSONANT: Final = "[^aeiou]"
_VOWEL: Final = "[aeiouy]"
_CONSONANTS: Final = _CONSONANT + "[^aeiouy]*"
_VOWELS: Final = _VOWEL + "[aeiou]*"
_MEASURE_OVER_0: Final = re.compile(f"^(?:{_CONSONANTS})?{_VOWELS}{_CONSONANTS}")
_MEASURE_1: Final = re.compile(f"^(?:{_CONSONANTS})?{_VOWELS}{_CONSONANTS}(?:{_VOWELS})?$")
_MEASURE_OVER_1: Final = re.compile(f"^(?:{_CONSONANTS})?{_VOWELS}{_CONSONANTS}{_VOWELS}{_CONSONANTS}")
_HAS_VOWEL: Final = re.compile(f"^(?:{_CONSONANTS})?{_VOWEL}")
_SHORT_SYLLABLE: Final = re.compile(f"^{_CONSONANTS}{_VOWEL}[^aeiouwxy]$")
_DOUBLED: Final = re.compile(r"([^aeiouylsz])\1$")

_SECOND: Final = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
_THIRD: Final = {
    "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": "",
}  # fmt: skip
_FOURTH: Final = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion",
    "al", "er", "ic", "ou",
)  # fmt: skip
_SECOND_ENDING: Final = re.compile(f"^(.+?)({'|'.join(_SECOND)})$")
_THIRD_ENDING: Final = re.compile(f"^(.+?)({'|'.join(_THIRD)})$")
_FOURTH_ENDING: Final = re.compile(f"^(.+?)({'|'.join(_FOURTH)})$")


def stem(word: str) -> str:
    """Return the stem of a word in lower case."""
    if len(word) <= UNTOUCHED_CHARACTERS:
        return word
    word = _without_plural(word)
    word = _without_past(word)
    if word.endswith("y") and _HAS_VOWEL.match(word[:-1]):
        word = word[:-1] + "i"
    for ending, replacements in ((_SECOND_ENDING, _SECOND), (_THIRD_ENDING, _THIRD)):
        found = ending.match(word)
        if found and _MEASURE_OVER_0.match(found[1]):
            word = found[1] + replacements[found[2]]
    return _tidied(_without_latin_ending(word))


def _without_plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _without_past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _MEASURE_OVER_0.match(word[:-3]) else word
    for ending in ("ed", "ing"):
        if not word.endswith(ending):
            continue
        bare = word[: -len(ending)]
        if not _HAS_VOWEL.match(bare):
            return word
        if bare.endswith(("at", "bl", "iz")) or _SHORT_SYLLABLE.match(bare):
            return bare + "e"
        return bare[:-1] if _DOUBLED.search(bare) else bare
    return word


def _without_latin_ending(word: str) -> str:
    found = _FOURTH_ENDING.match(word)
    if not found or not _MEASURE_OVER_1.match(found[1]):
        return word
    return word if found[2] == "ion" and not found[1].endswith(("s", "t")) else found[1]


def _tidied(word: str) -> str:
    if word.endswith("e"):
        bare = word[:-1]
        is_short = _MEASURE_1.match(bare) and not _SHORT_SYLLABLE.match(bare)
        if _MEASURE_OVER_1.match(bare) or is_short:
            word = bare
    return word[:-1] if word.endswith("ll") and _MEASURE_OVER_1.match(word) else word
