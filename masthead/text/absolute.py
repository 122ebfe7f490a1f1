"""Absolute links, for feed readers, emails and other programs."""

import re
from html import escape, unescape
from typing import Final
from urllib.parse import urljoin

#: A start tag as the sanitiser writes it: every value is in double quotes, and may contain a `>`.
_TAG: Final = re.compile(r"<[a-zA-Z](?:[^>\"]|\"[^\"]*\")*>")
_ADDRESS: Final = re.compile(r"(\s(?:href|src|cite|poster)=\")([^\"]*)\"")
_CANDIDATES: Final = re.compile(r"(\ssrcset=\")([^\"]*)\"")
_CANDIDATE: Final = re.compile(r"([^\s,][^\s]*[^\s,]|[^\s,])(\s+[0-9.]+[wxh])?")


def absolute_links(clean_html: str, base: str) -> str:
    """Return sanitised HTML with absolute URLs; `#part` leads into the page at `base`."""
    return _TAG.sub(lambda tag: _absolute_tag(tag.group(), base), clean_html)


def absolute(address: str, base: str) -> str:
    """Return the absolute form of a URL; an unparsable one stays as it is."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _absolute_tag(tag: str, base: str) -> str:
    tag = _ADDRESS.sub(lambda match: f'{match[1]}{_escaped(match[2], base)}"', tag)
    return _CANDIDATES.sub(lambda match: f'{match[1]}{_absolute_candidates(match[2], base)}"', tag)


def _absolute_candidates(value: str, base: str) -> str:
    return _CANDIDATE.sub(lambda match: _escaped(match[1], base) + (match[2] or ""), value)


def _escaped(value: str, base: str) -> str:
    return escape(absolute(unescape(value), base))
