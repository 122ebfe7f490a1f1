"""The ids that site generators give to headings, so that links to headings still work after the import.

Where a generator's id differs from ours, the heading gets both: the old id is on an empty element in it, which
`masthead.text.anchors` keeps when the text is edited. The rules are tested against ids that the programs have built
(`tests/importing/urls/built/`).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Final

from masthead.importing.urls import slug_rules
from masthead.text.anchors import ids_of
from masthead.text.markdown.headings import heading_id
from masthead.text.sanitise import content_id, is_reserved

_HEADING: Final = re.compile(r"<h([1-6])(?= |>)[^>]*? id=\"([^\"]*+)\"[^>]*+>(?P<inner>.*?)</h\1>", re.DOTALL)
#: Autolinked mail addresses, which Hugo ignores in ids.
_MAIL: Final = re.compile(r"<a href=\"mailto:[^\"]*+\">[^<]*+</a>|\S+@\S+\.\w+")
_TAG: Final = re.compile(r"<[^<>]*+>")

#: Makes the id from the text of a heading.
Namer = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class HeadingIdRule:
    """The rule of one generator for ids of headings."""

    name: Namer
    #: The separator between an id that is taken and a number.
    joint: str = "-"
    #: The number of the second heading with the same name.
    first: int = 1
    #: Headings with the same name are numbered without regard to other ids.
    counts_names: bool = False
    prefix: str = ""


def add_old_ids(html: str, rule: HeadingIdRule) -> str:
    """Add the generator's ids to the headings of a rendered text, besides Masthead's own."""
    headings = list(_HEADING.finditer(html))
    if not headings:
        return html
    missing = dict(_missing(headings, ids_of(html), rule))
    pieces, position = [], 0
    for heading in headings:
        old = missing.get(heading.start())
        if old:
            pieces += [html[position : heading.start("inner")], f'<span id="{escape(old)}"></span>']
            position = heading.start("inner")
    return "".join([*pieces, html[position:]])


def _missing(
    headings: Sequence[re.Match[str]], present: frozenset[str], rule: HeadingIdRule
) -> Iterator[tuple[int, str]]:
    """The positions of headings, each with the old id that the text does not have yet."""
    found = set(present)
    for heading, old in zip(headings, _named(headings, rule), strict=True):
        if old and old not in found and content_id(old) == old and not is_reserved(old):
            found.add(old)
            yield heading.start(), old


def _named(headings: Sequence[re.Match[str]], rule: HeadingIdRule) -> Iterator[str]:
    written = [_explicit(heading) for heading in headings]
    taken = {name for name in written if name}
    counts: dict[str, int] = {}
    for heading, explicit in zip(headings, written, strict=True):
        if explicit:
            yield explicit
            continue
        base = rule.prefix + rule.name(_said(heading["inner"]))
        identity = base
        while _is_taken(identity, base, taken, counts, rule):
            number = counts.get(base, rule.first - 1) + 1
            counts[base] = number
            identity = f"{base}{rule.joint}{number}"
        counts.setdefault(base, rule.first - 1)
        taken.add(identity)
        yield identity


def _is_taken(identity: str, base: str, taken: set[str], counts: dict[str, int], rule: HeadingIdRule) -> bool:
    if rule.counts_names:
        return identity == base and base in counts
    return not identity or identity in taken


def _explicit(heading: re.Match[str]) -> str:
    """The id that the author has written; '' if the renderer made it."""
    identity = unescape(heading[2])
    made = re.escape(content_id(heading_id(_said(heading["inner"]))))
    return "" if re.fullmatch(rf"{made}(?:-\d+)?", identity) else identity


def _said(inner: str) -> str:
    return unescape(_TAG.sub("", inner)).strip()


def _with_dashes(text: str) -> str:
    """Replace double and triple hyphens by dashes, as Hugo and kramdown do before they make an id."""
    return re.sub(r"(?<!-)-{2,3}(?!-)", "–", text)


def _worded(text: str, *, keeps: str = "-_") -> str:
    return "".join(
        one for one in text if one in keeps or unicodedata.category(one)[0] in "LM" or one.isdecimal()
    )


def github(text: str) -> str:
    """kramdown with the parser for GitHub's Markdown, which Jekyll uses."""
    return _worded(_with_dashes(text).lower().replace(" ", "-"))


def kramdown(text: str) -> str:
    """kramdown: ASCII letters and digits, from the first letter on."""
    begun = re.sub(r"^[^a-zA-Z]+", "", text)
    return re.sub(r"[^a-zA-Z0-9 -]", "", begun).replace(" ", "-").lower() or "section"


def goldmark(text: str) -> str:
    """Hugo's type `github`."""
    words = _with_dashes(_MAIL.sub("", text).strip())
    return _worded(slug_rules.hugo_lowered(words.strip().rstrip(":")).replace(" ", "-")) or "heading"


def goldmark_ascii(text: str) -> str:
    """Hugo's type `github-ascii`."""
    return "".join(one for one in goldmark(slug_rules.without_accents(text)) if one.isascii()) or "heading"


def blackfriday(text: str) -> str:
    """Hugo's type `blackfriday`: letters and numbers, joined by single hyphens."""
    words = slug_rules.hugo_lowered(_MAIL.sub("", text))
    kept = "".join(one if unicodedata.category(one)[0] in "LN" else " " for one in words)
    return "-".join(kept.split()) or "heading"


def python_markdown(text: str) -> str:
    """Python-Markdown's extension `toc`, which Pelican may use."""
    words = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", words).strip().lower())


def markdown_it_anchor(text: str) -> str:
    """The plug-in markdown-it-anchor of Eleventy; its percent-encoded ids work because browsers decode fragments."""
    return re.sub(r"\s+", "-", text.strip().lower())


JEKYLL: Final = HeadingIdRule(github, counts_names=True)
KRAMDOWN: Final = HeadingIdRule(kramdown, counts_names=True)
PYTHON_MARKDOWN: Final = HeadingIdRule(python_markdown, joint="_")
ZOLA: Final = HeadingIdRule(slug_rules.zola)
ELEVENTY: Final = HeadingIdRule(slug_rules.eleventy_slugify, first=2, counts_names=True)
ANCHOR: Final = HeadingIdRule(markdown_it_anchor)
ANCHOR_SLUGIFY: Final = HeadingIdRule(slug_rules.eleventy_slugify)
HUGO: Final = {
    "github": HeadingIdRule(goldmark),
    "github-ascii": HeadingIdRule(goldmark_ascii),
    "blackfriday": HeadingIdRule(blackfriday),
}
