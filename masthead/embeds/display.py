"""Texts as pages and feeds show them: with cards, players, and pictures in the size that a screen needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from masthead.embeds import cards, queries
from masthead.embeds.models import Embed
from masthead.media import display as media
from masthead.media import markup
from masthead.media.display import ShownMedia
from masthead.text import html_limits, lone_links
from masthead.text.excerpts import beginning
from masthead.text.lone_links import LoneLink
from masthead.text.players import player_of

#: The length of the beginning that pages show of an oversized text.
BEGINNING_CHARACTERS: Final = 3_000


@dataclass(frozen=True, slots=True)
class StoredParts:
    """The stored rows behind the addresses of some texts."""

    embeds: Mapping[str, Embed]
    files: Mapping[str, ShownMedia]

    def size_of(self, link: LoneLink) -> int | None:
        """Return the size of a linked file; None for one that is not here."""
        file = self.files.get(markup.stored_address(link.address))
        return file.bytes if file else None


def for_page(clean_html: str) -> str:
    """Return a text as a page shows it.

    A text stored before there was a size limit is cut to its beginning if it would block a browser.
    """
    if html_limits.is_heavy(clean_html):
        words = escape(beginning(clean_html, BEGINNING_CHARACTERS))
        return (
            f"<p>{words}</p>\n<p><em>This text is too long for a page. Its author can divide it.</em></p>\n"
        )
    parts = _stored(lone_links.lone_links(clean_html), markup.addresses_in(clean_html))
    html = markup.with_media(clean_html, parts.files)

    def card(link: LoneLink) -> str | None:
        if link.is_file:
            size = parts.size_of(link)
            return None if size is None else cards.of_file(link, size)
        made = _card(link, parts.embeds.get(link.address)) if link.is_embed else None
        return None if made is None else markup.with_media(made, parts.files)

    return lone_links.replaced(html, card)


def for_feeds(texts: Iterable[str]) -> list[str]:
    """Return texts as feeds and emails hold them: links with the title of the page, or with the size of the file."""
    kept = list(texts)
    parts = _stored([link for text in kept for link in lone_links.lone_links(text)], [])

    def card(link: LoneLink) -> str | None:
        if link.is_file:
            size = parts.size_of(link)
            return None if size is None else cards.of_file_in_feed(link, size)
        embed = parts.embeds.get(link.address) if link.is_embed else None
        return cards.of_page_in_feed(link, embed) if embed else None

    return [lone_links.replaced(text, card) for text in kept]


def _card(link: LoneLink, embed: Embed | None) -> str | None:
    player = player_of(link.address)
    if player is not None:
        return cards.of_player(link, player, embed)
    return cards.of_page(link, embed) if embed else None


def _stored(links: list[LoneLink], addresses: list[str]) -> StoredParts:
    """Load all rows at once; nothing for a text of words."""
    embeds = queries.cards_of([link.address for link in links if link.is_embed])
    files = [markup.stored_address(link.address) for link in links if link.is_file]
    files += [embed.picture for embed in embeds.values() if embed.picture]
    return StoredParts(embeds, media.shown([*addresses, *filter(None, files)]))
