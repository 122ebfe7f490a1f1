"""Fetches the description of a page on another site, and a copy of its picture, through the outbound client."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from masthead import clock
from masthead.db import db, insert_unique
from masthead.embeds import page_metadata
from masthead.embeds.models import Embed
from masthead.embeds.page_metadata import PageMetadata
from masthead.media import external
from masthead.media.external import hash_of
from masthead.media.tasks import copy_missing
from masthead.outbound.client import Client
from masthead.outbound.errors import Unreachable
from masthead.text.players import player_of

SECONDS: Final = 15.0
#: Pages of video providers have a megabyte of script in their head.
LARGEST_BYTES: Final = 4_000_000
PAGE_TYPES: Final = ("text/html", "application/xhtml+xml")
JSON_TYPES: Final = ("application/json", "text/json", "text/javascript", "application/json+oembed")
#: The delays between attempts after failures of the network.
WAITS: Final = (timedelta(minutes=5), timedelta(hours=1))
UNREACHABLE: Final = "Nothing could be read from this address."
NAMELESS: Final = "This page has no title."


def fetch(address: str) -> datetime | None:
    """Fetch the description of a page and store its card, or why there is none; return the time for a retry.

    The network comes before the first statement of the transaction.
    """
    metadata, problem = _read(address)
    picture = _copy_of(metadata.picture)
    at = clock.now()
    insert_unique(Embed, Embed.address_hash, hash_of(address), address=address, tried_at=at)
    row = db.session.scalars(
        select(Embed).where(Embed.address_hash == hash_of(address)).with_for_update()
    ).one()
    row.tries, row.tried_at = row.tries + 1, at
    if metadata.title:
        row.title, row.description, row.site_name = metadata.title, metadata.description, metadata.site_name
        row.picture, row.problem = picture or row.picture, ""
    elif not row.title:
        row.problem = problem or NAMELESS
    return at + WAITS[row.tries - 1] if problem and row.tries <= len(WAITS) else None


def _read(address: str) -> tuple[PageMetadata, str]:
    player = player_of(address)
    found = _oembed(player.oembed) if player and player.oembed else PageMetadata()
    if found.title:
        return found, ""
    try:
        answer = Client(seconds=SECONDS, largest=LARGEST_BYTES).fetch(
            address, headers={"Accept": "text/html"}, types=PAGE_TYPES
        )
    except Unreachable:
        return PageMetadata(), UNREACHABLE
    if answer.status != 200:
        return PageMetadata(), UNREACHABLE
    return page_metadata.from_html(answer.body, answer.headers.get("content-type", ""), answer.url), ""


def _oembed(url: str) -> PageMetadata:
    try:
        answer = Client(seconds=SECONDS, largest=LARGEST_BYTES).fetch(url, types=JSON_TYPES)
    except Unreachable:
        # Its own HTML is asked next.
        return PageMetadata()
    return page_metadata.from_oembed(answer.body, answer.url) if answer.status == 200 else PageMetadata()


def _copy_of(picture: str) -> str:
    """Return the URL of a copy of the picture here; empty without one, and if the site copies none."""
    if not picture or external.mode() != "fetch":
        return ""
    copy_missing([picture])
    return external.copies_of([picture]).get(picture, "")
