"""Texts as pages and feeds show them: with cards and players in the place of addresses."""

from collections.abc import Iterable, Mapping

from masthead.embeds import cards, queries
from masthead.embeds.models import Embed
from masthead.media import external
from masthead.text import html_limits, lone_links
from masthead.text.lone_links import LoneLink
from masthead.text.players import player_of


def for_page(clean_html: str) -> str:
    """Return a text as a page shows it."""
    if html_limits.is_heavy(clean_html):
        return external.for_page(clean_html)
    embeds = _embeds(lone_links.lone_links(clean_html))

    def card(link: LoneLink) -> str | None:
        if not link.is_embed:
            return None
        player, embed = player_of(link.address), embeds.get(link.address)
        if player is not None:
            return cards.of_player(link, player, embed)
        return cards.of_page(link, embed) if embed else None

    return external.for_page(lone_links.replaced(clean_html, card))


def for_feeds(texts: Iterable[str]) -> list[str]:
    """Return texts as feeds and emails hold them: a link with the title of the page, where pages have a card."""
    kept = list(texts)
    embeds = _embeds(link for text in kept for link in lone_links.lone_links(text))

    def card(link: LoneLink) -> str | None:
        embed = embeds.get(link.address) if link.is_embed else None
        return cards.of_page_in_feed(link, embed) if embed else None

    return [lone_links.replaced(text, card) for text in kept]


def _embeds(links: Iterable[LoneLink]) -> Mapping[str, Embed]:
    return queries.cards_of([link.address for link in links if link.is_embed])
