"""The slug rules of site generators, from which old addresses are computed.

Each function follows one program and is tested against addresses that the program has built
(`tests/importing/urls/built/`). Masthead's own slugs are made by `masthead.text.slugs`.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from text_unidecode import unidecode

#: Longer texts are cut first; no address is longer.
_CHARACTERS: Final = 1_000
#: The scripts of East Asia have code points from here on.
_EASTERN: Final = 0x2000
_GERMAN: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "Ss"}
)
#: Characters that Jekyll's "pretty" mode keeps.
_PRETTY: Final = frozenset("._~!$&'()+,;=@")
_HUGO: Final = frozenset("./\\_#+~-@")
_PELICAN: Final = (
    (r"[^\w\s-]", ""),
    (r"\A\s*", ""),
    (r"\s*\Z", ""),
    (r"[-\s]+", "-"),
)
#: Characters that the npm package `slugify` replaces by words.
_NAMED: Final = str.maketrans(
    {
        "$": "dollar",
        "%": "percent",
        "&": "and",
        "<": "less",
        ">": "greater",
        "|": "or",
        "©": "(c)",
        "®": "(r)",
    }
    | {"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "²": "", "³": "", "½": ""}
)


def jekyll(text: str) -> str:
    """Jekyll's `:slug`, `:name` and `:slugified_categories`: letters and digits of any script, joined by hyphens."""
    return _trimmed(_joined(text, frozenset())).lower()


def jekyll_title(text: str) -> str:
    """Jekyll's `:title`: with capitals, and without characters that are unusual in addresses."""
    return _trimmed(_joined(text, _PRETTY))


def hugo(path: str) -> str:
    """Hugo's cleaning of a path or slug; letters of any script, capitals and double hyphens stay."""
    kept: list[str] = []
    is_gap = was_hyphen = False
    for position, character in enumerate(path[:_CHARACTERS]):
        if _hugo_keeps(path, position, character):
            was_hyphen = character == "-"
            if is_gap and not was_hyphen:
                kept.append("-")
            is_gap = False
            kept.append(character)
        elif kept and not was_hyphen and character.isspace():
            is_gap = True
    return "".join(kept)


def hugo_file(name: str) -> str:
    """Hugo's path segment of a file or folder; every space becomes a hyphen."""
    return hugo(name.replace(" ", "-"))


def hugo_token(text: str, *, is_title: bool = False) -> str:
    """Hugo's token of a title, slug or file name in a permalink pattern, where a plus sign counts as a space."""
    cleaned = hugo(re.sub(r"[/\\]", "-", text) if is_title else text)
    return hugo("/" + cleaned.removesuffix("#").replace("+", " "))[1:]


def hugo_lowered(path: str) -> str:
    """The path in lower case by Go's rules, where a dotted capital I loses its dot."""
    return path.replace("İ", "i").lower()


def without_accents(text: str) -> str:
    """The text without accents, for Hugo's `removePathAccents`."""
    kept = (mark for mark in unicodedata.normalize("NFD", text) if unicodedata.category(mark) != "Mn")
    return unicodedata.normalize("NFC", "".join(kept))


def pelican(
    text: str,
    substitutions: Iterable[tuple[str, str]] = _PELICAN,
    *,
    keeps_unicode: bool = False,
    keeps_case: bool = False,
) -> str:
    """Pelican's slug: transliteration, then substitutions in order; raises `re.error` for an invalid pattern."""
    value = unicodedata.normalize("NFKC", re.sub(r"<[^<>]*>", "", text[:_CHARACTERS]))
    value = " ".join(value.split()) if "<" in text else value
    if not keeps_unicode:
        value = _ascii(value)
    for pattern, replacement in substitutions:
        value = re.sub(pattern, replacement, value, flags=re.IGNORECASE)
    return (value if keeps_case else value.lower()).strip()


def zola(text: str) -> str:
    """Zola's slug, by the Rust crate `slug`: ASCII words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", _ascii(text[:_CHARACTERS]).lower()).strip("-")


def zola_safe(text: str) -> str:
    """Zola's strategy "safe": removes only characters that file systems refuse."""
    return re.sub(r"[<>:\"/\\|?*\r\n]", "", text.rstrip(" ."))


def eleventy_slugify(text: str) -> str:
    """Eleventy's filter `slugify`."""
    value = text[:_CHARACTERS].replace("&", " and ").replace("🦄", " unicorn ").replace("♥", " love ")
    value = _latin(value.translate(_GERMAN)).lower()
    value = re.sub(r"([a-z\d]+)'([ts])(?=\s|$)", r"\1\2", value)
    return re.sub(r"[^a-z\d]+", "-", value).strip("-")


def eleventy_slug(text: str) -> str:
    """Eleventy's older filter `slug`, which keeps many punctuation marks."""
    value = _latin(unicodedata.normalize("NFC", text[:_CHARACTERS]).replace("-", " ").translate(_NAMED))
    value = re.sub(r"[^\w\s$*_+~.()'\"!\-:@]+", "", value.replace("-", " "), flags=re.ASCII)
    return "-".join(value.split()).lower()


def _joined(text: str, kept: frozenset[str]) -> str:
    """Keep letters, marks, digits and ``kept``; replace every run of other characters by a hyphen."""
    return re.sub(
        r"\0+", "-", "".join(one if _is_worded(one) or one in kept else "\0" for one in text[:_CHARACTERS])
    )


def _is_worded(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd"


def _trimmed(slug: str) -> str:
    return slug.removeprefix("-").removesuffix("-")


def _hugo_keeps(path: str, position: int, character: str) -> bool:
    if _is_worded(character) or character in _HUGO:
        return True
    return character == "%" and re.match(r"[0-9A-Fa-f]{2}", path[position + 1 : position + 3]) is not None


def _ascii(text: str) -> str:
    return text if text.isascii() else unidecode(text)


def _latin(text: str) -> str:
    """Transliterate letters of alphabets to ASCII; Chinese, Japanese and Korean characters stay."""
    return "".join(
        unidecode(one) if not one.isascii() and one.isalpha() and ord(one) < _EASTERN else one for one in text
    )
