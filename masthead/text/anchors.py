"""Anchors within a text: broken links to them, and older ids of headings that must keep working."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Final
from urllib.parse import unquote

_ID: Final = re.compile(r'<[a-z][^>]*? id="([^"]*+)"')
_FRAGMENT: Final = re.compile(r'<a [^>]*?href="#([^"]+)"')
_ELSEWHERE: Final = re.compile(r'<a [^>]*?href="(/[^"#?]*+)(?:\?[^"#]*+)?#([^"]+)"')
_HEADING: Final = re.compile(
    r'<h([1-6])(?= |>)[^>]*? id="([^"]*+)"[^>]*+>((?>(?:<span id="[^"]*+"></span>)*))'
)
_ALIAS: Final = re.compile(r'<span id="([^"]*+)"></span>')
#: Anchors of the page around a text.
_PLACES_OF_THE_PAGE: Final = re.compile(r"top|comments|respond|comment-\d+")


def ids_of(clean_html: str) -> frozenset[str]:
    """Return the ids in sanitised HTML."""
    return frozenset(map(unescape, _ID.findall(clean_html)))


def dead_fragments(clean_html: str) -> tuple[str, ...]:
    """Return the fragments of internal links that match no id of the text, each once."""
    wanted = dict.fromkeys(map(unescape, _FRAGMENT.findall(clean_html)))
    if not wanted:
        return ()
    present = ids_of(clean_html)
    return tuple(name for name in wanted if name not in present and not _PLACES_OF_THE_PAGE.fullmatch(name))


def fragments_elsewhere(clean_html: str) -> tuple[tuple[str, str], ...]:
    """Return path and fragment of links to anchors in other texts of the site, each once."""
    found = ((unescape(path), unescape(fragment)) for path, fragment in _ELSEWHERE.findall(clean_html))
    return tuple(dict.fromkeys(found))


def is_place(fragment: str, ids: frozenset[str]) -> bool:
    """Return whether a link with this fragment finds its anchor on the page of a text with these ids."""
    named = unquote(fragment)
    return not ids.isdisjoint({fragment, named}) or _PLACES_OF_THE_PAGE.fullmatch(named) is not None


def with_older_ids(new_html: str, old_html: str) -> str:
    """Return HTML whose headings keep the ids of an earlier rendering of the same source.

    Each older id becomes an empty `span` at the beginning of its heading. Nothing is added if the headings are not
    the same in number and level.
    """
    old, new = list(_HEADING.finditer(old_html)), list(_HEADING.finditer(new_html))
    if [heading[1] for heading in old] != [heading[1] for heading in new]:
        return with_kept_ids(new_html, old_html)
    older = [(before[2], *_ALIAS.findall(before[3])) for before in old]
    return _with_aliases(new_html, new, older)


def with_kept_ids(new_html: str, old_html: str) -> str:
    """Return the HTML of a changed text whose headings keep their older ids, as far as the headings still exist."""
    older = {heading[2]: _ALIAS.findall(heading[3]) for heading in _HEADING.finditer(old_html) if heading[3]}
    if not older:
        return new_html
    new = list(_HEADING.finditer(new_html))
    return _with_aliases(new_html, new, [tuple(older.get(heading[2], ())) for heading in new])


def older_ids(clean_html: str) -> dict[str, list[str]]:
    """Return the older ids that headings keep, by the present id of the heading."""
    return {found[2]: _ALIAS.findall(found[3]) for found in _HEADING.finditer(clean_html) if found[3]}


def with_ids(clean_html: str, older: Mapping[str, Sequence[str]]) -> str:
    """Return the HTML whose headings have these older ids, by the present id; the inverse of `older_ids`."""
    if not older:
        return clean_html
    headings = list(_HEADING.finditer(clean_html))
    return _with_aliases(clean_html, headings, [tuple(older.get(found[2], ())) for found in headings])


def _with_aliases(html: str, headings: list[re.Match[str]], older: list[tuple[str, ...]]) -> str:
    taken = set(_ID.findall(html))
    pieces, position = [], 0
    for heading, names in zip(headings, older, strict=True):
        free = [name for name in names if name not in taken]
        taken.update(free)
        pieces.append(html[position : heading.end()])
        pieces += [f'<span id="{name}"></span>' for name in free]
        position = heading.end()
    return "".join((*pieces, html[position:]))
