"""Queries for embeds."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select

from masthead.db import db
from masthead.embeds.models import Embed
from masthead.media.external import hash_of


def cards_of(addresses: Collection[str]) -> dict[str, Embed]:
    """Return the embeds with a card, by address; one statement, or none without addresses."""
    if not addresses:
        return {}
    hashes = {hash_of(address) for address in addresses}
    statement = select(Embed).where(Embed.address_hash.in_(hashes), Embed.title != "")
    return {row.address: row for row in db.session.scalars(statement)}


def known(addresses: Collection[str], *, tried_since: datetime) -> set[str]:
    """Return the addresses that need no fetch: they have a card, or were tried since a time."""
    hashes = {hash_of(address) for address in addresses}
    statement = select(Embed.address).where(
        Embed.address_hash.in_(hashes), or_(Embed.title != "", Embed.tried_at > tried_since)
    )
    return set(db.session.scalars(statement))
