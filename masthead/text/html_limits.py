"""Bounds the cost of parsing HTML in proportion to its length.

An HTML5 parser examines its open elements at each tag and reopens unclosed formatting elements in each new block, so a
megabyte of hostile tags can cost hours or gigabytes. `tame` counts that work beforehand, in one pass, and returns only
HTML that is cheap to parse.
"""

import re
from html import escape
from typing import Final

#: Below this many tags and characters the worst input costs about a quarter of a second, measured; such texts pass
#: unchanged.
FREE_TAGS: Final = 1_000
FREE_CHARACTERS: Final = 100_000

#: Open elements, summed over all tags: the work of the parser. Real articles stay below eight a tag.
FREE_WORK: Final = 200_000
WORK_PER_TAG: Final = 16
ATTRIBUTES_PER_TAG: Final = 50

#: A browser blocks for seconds on more. The longest of 509 posts of a real blog has 2,000 elements and 60,000
#: characters.
MAX_ELEMENTS: Final = 100_000
MAX_HTML_CHARACTERS: Final = 10_000_000

#: Tags and comments that every parser reads alike: no stray quotation mark, no `<` or `>` inside.
_PLAIN_TAG: Final = re.compile(
    r"<(?:(?P<close>/(?P<closed>[a-z][a-z0-9-]*)\s*)"
    r"|(?P<opened>[a-z][a-z0-9-]*)"
    r"""(?P<attributes>(?>(?:\s+[a-z_:][\w:.-]*(?>(?:\s*=\s*(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'=<>`]++))?))*))\s*/?"""
    r"|!--(?!>|->)(?>(?:[^<>-]|-(?!-))*)--)>",
    re.IGNORECASE | re.ASCII,
)
_ATTRIBUTE: Final = re.compile(
    r"""\s[a-z_:][\w:.-]*+(?>(?:\s*=\s*(?:"[^"]*+"|'[^']*+'|\S++))?)""", re.IGNORECASE
)


def words(text: str) -> frozenset[str]:
    """Return the words of a text: a list of tags reads best as one string."""
    return frozenset(text.split())


#: The contents of these elements are not parsed as tags, so they cannot be counted.
_RAW_TEXT: Final = words(
    "iframe noembed noframes noscript plaintext script style svg template textarea title xmp"
)
_VOID: Final = words("area base br col embed hr img input link meta source track wbr")
#: Elements with an optional end tag: the next one of the kind, or the end of their parent, closes them.
_ENDS_ITSELF: Final = words("caption colgroup dd dt li p rp rt tbody td tfoot th thead tr")


def is_heavy(html: str) -> bool:
    """Return whether a text would block a browser."""
    return len(html) > MAX_HTML_CHARACTERS or html.count("<") > 2 * MAX_ELEMENTS


def tame(html: str) -> str:
    """Return HTML that parses in linear time: a short text unchanged, only the plain tags of a long one."""
    if len(html) <= FREE_CHARACTERS and html.count("<") <= FREE_TAGS:
        return html
    work = tags = 0
    opened: list[str] = []
    pieces: list[str] = []
    position = 0
    while (start := html.find("<", position)) >= 0:
        pieces.append(html[position:start])
        tag = _PLAIN_TAG.match(html, start)
        if tag is None or not _is_countable(tag):
            pieces.append("&lt;")
            position = start + 1
            continue
        _follow(tag, opened)
        tags += 1
        work += len(opened)
        pieces.append(tag.group())
        position = tag.end()
    if work > FREE_WORK + WORK_PER_TAG * tags:
        return escape(html, quote=False)
    pieces.append(html[position:])
    return "".join(pieces)


def _is_countable(tag: re.Match[str]) -> bool:
    opened, attributes = tag["opened"], tag["attributes"]
    if opened is not None and opened.lower() in _RAW_TEXT:
        return False
    return not attributes or len(_ATTRIBUTE.findall(attributes)) <= ATTRIBUTES_PER_TAG


def _follow(tag: re.Match[str], opened: list[str]) -> None:
    """Update the stack of open elements; an element counts as open until a tag certainly closes it."""
    if tag["opened"] is not None:
        name = tag["opened"].lower()
        if name in _VOID:
            return
        if name in _ENDS_ITSELF:
            _close(name, opened)
        opened.append(name)
    elif tag["closed"] is not None:
        _close(tag["closed"].lower(), opened)


def _close(name: str, opened: list[str]) -> None:
    at = len(opened) - 1
    while at >= 0 and opened[at] != name and opened[at] in _ENDS_ITSELF:
        at -= 1
    if at >= 0 and opened[at] == name:
        del opened[at:]
