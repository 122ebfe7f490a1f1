"""Hugo's permalink patterns.

The tokens are documented at https://gohugo.io/configuration/permalinks/.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from typing import Final

from masthead.importing.reading.fields import FrontMatterFields, Value, as_list
from masthead.importing.urls import permalinks, slug_rules

_TOKEN: Final = re.compile(r":(\w+)(\[[^\[\]]{1,20}\])?")
#: Parts of Go's reference time, and their names in `permalinks.date_tokens`.
_GO_LAYOUT: Final = {
    "2006": "year",
    "06": "short_year",
    "01": "month",
    "1": "i_month",
    "Jan": "short_month",
    "January": "long_month",
    "02": "day",
    "2": "i_day",
    "Mon": "short_day",
    "Monday": "long_day",
    "002": "y_day",
    "15": "hour",
    "04": "minute",
    "05": "second",
}


@dataclass(frozen=True, slots=True)
class PermalinkContext:
    """The facts about a text that its address depends on."""

    #: The parent folders.
    folders: tuple[str, ...]
    #: How many of the parent folders are sections.
    sections: int
    #: The name of the file or its bundle.
    name: str
    title: str
    slug: str
    at: datetime | None
    #: The slugs or titles of the sections, from the top.
    section_slugs: tuple[str, ...]


def pattern_for(settings: FrontMatterFields, section: str, path: str, *, is_section: bool) -> str:
    """The permalink pattern of a page in a section; '' if there is none."""
    written = settings.value("permalinks")
    if isinstance(written, list):
        return next((pattern for pattern in _listed(written, path, is_section=is_section)), "")
    kind = "section" if is_section else "page"
    found = settings.text(f"permalinks.{kind}.{section or '/'}")
    return found or ("" if is_section else settings.text(f"permalinks.{section or '/'}"))


def _listed(written: list[Value], path: str, *, is_section: bool) -> Iterator[str]:
    """The patterns in a list whose target matches the path, in order."""
    for entry in written:
        fields = FrontMatterFields(entry if isinstance(entry, dict) else {})
        kind = fields.text("target.kind") or "page"
        globs = [glob for glob in as_list(fields.value("target.path")) if isinstance(glob, str)]
        fits = not globs or any(fnmatchcase(path.lower(), glob.lower().replace("**", "*")) for glob in globs)
        if fits and kind == ("section" if is_section else "page"):
            yield fields.text("pattern")


def expand(pattern: str, position: PermalinkContext) -> str | None:
    """Expand a pattern to a path that is not cleaned yet; None if a token is unknown."""
    tokens = _tokens(position)
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        found = tokens.get(match[1])
        value = found(match[2] or "") if found else None
        missing = missing or value is None
        return value or ""

    path = _TOKEN.sub(replace, pattern)
    return None if missing else permalinks.with_leading_slash(path)


def _tokens(position: PermalinkContext) -> Mapping[str, Callable[[str], str | None]]:
    dates = permalinks.date_tokens(position.at) if position.at else {}
    parts = position.folders[: position.sections]
    title = slug_rules.hugo_token(position.title, is_title=True)
    slug = slug_rules.hugo_token(position.slug.strip("-"))
    name = slug_rules.hugo_token(position.name)
    single = {
        "section": slug_rules.hugo_file(position.folders[0]) if position.folders else "",
        "sectionslug": position.section_slugs[0] if position.section_slugs else "",
        "title": title,
        "slug": slug or title,
        "filename": name,
        "contentbasename": name,
        "slugorfilename": slug or name,
        "slugorcontentbasename": slug or name,
    }
    single |= dates | {written: dates[name] for written, name in _GO_LAYOUT.items() if name in dates}
    tokens: dict[str, Callable[[str], str | None]] = {
        written: partial(_whole, value) for written, value in single.items()
    }
    tokens["sections"] = lambda cut: "/".join(slug_rules.hugo_file(part) for part in _cut(parts, cut))
    tokens["sectionslugs"] = lambda cut: "/".join(_cut(position.section_slugs, cut))
    return tokens


def _whole(value: str, _cut: str) -> str:
    return value


def _cut(parts: tuple[str, ...], cut: str) -> tuple[str, ...]:
    """Slice the parts by `[1:]`, `[0]`, `[last]` or `[:last]`; empty if the slice is out of range."""
    if not cut:
        return parts
    first, colon, second = cut[1:-1].strip().lower().partition(":")

    def index(text: str, default: int) -> int:
        if text == "last":
            return len(parts) - 1
        return max(int(text), 0) if text.lstrip("-").isdecimal() else default

    start = index(first, 0)
    if start >= len(parts):
        return ()
    return parts[start : index(second, len(parts))] if colon else parts[start : start + 1]
