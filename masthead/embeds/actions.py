"""Requests the cards of a text that is being saved."""

from datetime import timedelta
from typing import Final

from masthead import clock
from masthead.embeds import queries
from masthead.embeds.tasks import fetch_embed
from masthead.jobs import enqueue
from masthead.media.external import hash_of
from masthead.outbound.addresses import ADDRESS_CHARACTERS
from masthead.text.lone_links import lone_links

#: A text with more addresses is a list of links.
LIMIT: Final = 50
#: Whoever saves a text again asks for another try, but not every minute.
PATIENCE: Final = timedelta(minutes=5)


def request_cards(clean_html: str) -> None:
    """Queue a fetch for each page that the text embeds and that has no card yet."""
    found = dict.fromkeys(link.address for link in lone_links(clean_html) if link.is_embed)
    addresses = [address for address in found if len(address) <= ADDRESS_CHARACTERS][:LIMIT]
    if not addresses:
        return
    known = queries.known(addresses, tried_since=clock.now() - PATIENCE)
    for address in addresses:
        if address not in known:
            enqueue(fetch_embed, address, unique_key=f"embed:{hash_of(address)}")
