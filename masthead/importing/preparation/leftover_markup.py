"""Counts markup of other Markdown parsers and template languages that stays visible in a rendered text.

A dialect counts its own tags. Texts that were moved before may still have the tags of an earlier system.
"""

import re
from collections import Counter
from html import unescape
from typing import Final

_CODE: Final = re.compile(r"<(pre|code|math)\b[^>]*+>.*?</\1>", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*+>")
_MARKS: Final = {
    "::: fence": re.compile(r"(?:^|\n)[ \t]*:{3,}[ \t]*\{?[\w.-]*"),
    "attribute list": re.compile(r"\{[ \t]*:?[ \t]*[#.][A-Za-z][^{}\n]{0,200}\}"),
    "[shortcode]": re.compile(
        r"\[/?(?:caption|gallery|embed|audio|video|playlist|youtube|vimeo|code|sourcecode|quote|pullquote|button)\b[^\[\]\n]{0,300}\]"
    ),
    "[[wiki link]]": re.compile(r"!?\[\[[^\[\]\n]{1,200}\]\]"),
    "!!! note": re.compile(r"(?:^|\n)(?:!!!|\?\?\?)\+? \w+"),
    "[!NOTE]": re.compile(r"\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]"),
    "[TOC]": re.compile(r"(?:^|\n)\[(?:TOC|\[_TOC_\])\](?=\n|$)"),
}
#: A text without any of these has none of the marks; most texts have none.
_FIRST_CHARACTERS: Final = ("[", "{", ":::", "!!!", "???")
_TEMPLATES: Final = {
    "{% tag %}": re.compile(r"\{%-?\s*\w[^\n]{0,300}?%\}"),
    "{{ value }}": re.compile(r"\{\{[^\n{}]{1,300}?\}\}"),
}


def count_leftover_markup(html: str, counted: Counter[str]) -> Counter[str]:
    """Count each kind of leftover markup, except the template tags in ``counted``."""
    text = unescape(_TAG.sub("", _CODE.sub("", html)))
    if not any(mark in text for mark in _FIRST_CHARACTERS):
        return Counter()
    patterns = dict(_MARKS) if counted else _MARKS | _TEMPLATES
    found = Counter({name: len(pattern.findall(text)) for name, pattern in patterns.items()})
    found.subtract(counted)
    return +Counter({name: count for name, count in found.items() if name in patterns})
