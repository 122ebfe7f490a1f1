"""The HTML of cards: of pages, players and files, for pages of this site and for programs that read feeds and emails."""

from html import escape
from urllib.parse import urlsplit

from masthead.embeds.models import Embed
from masthead.text.lone_links import LoneLink
from masthead.text.media_kinds import extension_of
from masthead.text.players import Player
from masthead.text.sizes import readable_size


def of_page(link: LoneLink, embed: Embed) -> str:
    """Return the card of a page."""
    return f'<p class="embed">{_card(link.address, embed.title, embed.description, _site(link, embed), embed.picture)}</p>'


def of_player(link: LoneLink, player: Player, embed: Embed | None) -> str:
    """Return a card that a script turns into a player when a reader asks for it; without the script it is a link."""
    title = embed.title if embed else link.text
    card = _card(
        link.address,
        title,
        embed.description if embed else "",
        player.provider,
        embed.picture if embed else "",
    )
    return (
        f'<div class="embed" data-frame="{escape(player.url)}" data-provider="{escape(player.provider)}"'
        f' data-title="{escape(title)}" data-shape="{player.shape}">{card}</div>'
    )


def of_file(link: LoneLink, size: int) -> str:
    """Return the card of a file to download: its name, type and size."""
    return (
        f'<p class="file"><a class="file-card" href="{escape(link.address)}" download>'
        f'<span class="file-name" dir="auto">{escape(_name(link))}</span> '
        f'<span class="file-facts">{escape(_facts(link, size))}</span></a></p>'
    )


def of_page_in_feed(link: LoneLink, embed: Embed) -> str:
    """Return a link with the title of the page, its description and picture."""
    picture = f'<img src="{escape(embed.picture)}" alt=""><br>' if embed.picture else ""
    words = f"<br>{escape(embed.description)}" if embed.description else ""
    return (
        f'<p><a href="{escape(link.address)}">{picture}{escape(embed.title)}</a>'
        f" ({escape(_site(link, embed))}){words}</p>"
    )


def of_file_in_feed(link: LoneLink, size: int) -> str:
    """Return a link with the type and size of the file."""
    return f'<p><a href="{escape(link.address)}">{escape(_name(link))}</a> ({escape(_facts(link, size))})</p>'


def _card(address: str, title: str, description: str, site: str, picture: str) -> str:
    image = f'<img class="embed-picture" src="{escape(picture)}" alt="" loading="lazy" decoding="async">'
    words = f'<span class="embed-description" dir="auto">{escape(description)}</span> '
    return (
        f'<a class="embed-card" href="{escape(address)}">{image if picture else ""}<span class="embed-words">'
        f'<span class="embed-title" dir="auto">{escape(title)}</span> {words if description else ""}'
        f'<span class="embed-site" dir="auto">{escape(site)}</span></span></a>'
    )


def _site(link: LoneLink, embed: Embed) -> str:
    host = (urlsplit(link.address).hostname or "").removeprefix("www.")
    return embed.site_name or host


def _name(link: LoneLink) -> str:
    return link.text or link.address.rpartition("/")[2]


def _facts(link: LoneLink, size: int) -> str:
    return f"{extension_of(link.address).upper()}, {readable_size(size)}"
