"""Paragraphs of sanitised HTML that consist of one link. Pages can show a card in the place of each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import unquote

from masthead.text.media_kinds import is_stored_file

#: In these, an address is a source and no embed.
_PIECE: Final = re.compile(
    r"^<p><a href=\"(?P<href>[^\"]*)\"(?:[^>\"]|\"[^\"]*\")*>(?P<words>(?:(?!</?a\b)[^\n])*)</a></p>$"
    r"|<(?P<close>/?)(?:blockquote|dd|details|figure|li|section|td|th)\b",
    re.MULTILINE,
)
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class LoneLink:
    """A paragraph with one link."""

    address: str
    #: HTML.
    words: str

    @property
    def is_file(self) -> bool:
        """The link leads to a stored file."""
        return is_stored_file(self.address)

    @property
    def is_embed(self) -> bool:
        """The link shows the address of a page, and leads there."""
        if self.is_file or not self.address.startswith(("http://", "https://")) or "<" in self.words:
            return False
        words = unescape(self.words).strip()
        typed = words if "://" in words else f"http://{words}"
        return unquote(typed) == unquote(self.address)

    @property
    def text(self) -> str:
        """The words without markup."""
        return unescape(_TAG.sub("", self.words)).strip()


def lone_links(clean_html: str) -> list[LoneLink]:
    """Return the paragraphs of a text that are one link, outside of lists, quotations and footnotes."""
    return [link for _, link in _found(clean_html)]


def replaced(clean_html: str, card: Callable[[LoneLink], str | None]) -> str:
    """Return the text with other HTML in place of the paragraphs for which there is some."""
    pieces, end = [], 0
    for match, link in _found(clean_html):
        html = card(link)
        if html is not None:
            pieces += [clean_html[end : match.start()], html]
            end = match.end()
    return "".join((*pieces, clean_html[end:])) if pieces else clean_html


def _found(clean_html: str) -> Iterator[tuple[re.Match[str], LoneLink]]:
    if "<p><a href=" not in clean_html:
        return
    depth = 0
    for match in _PIECE.finditer(clean_html):
        if match["href"] is None:
            depth = max(0, depth - 1) if match["close"] else depth + 1
        elif not depth:
            yield match, LoneLink(unescape(match["href"]), match["words"])
