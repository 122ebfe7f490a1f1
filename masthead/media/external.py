"""Images of other sites in texts. No page of ours embeds one, so they are copied, linked to or refused."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, Literal

from flask import current_app
from sqlalchemy import select, update

from masthead.db import db, insert_unique
from masthead.errors import Invalid
from masthead.media.links import PREFIX
from masthead.media.models import ExternalPicture, Media
from masthead.text import pictures

Mode = Literal["fetch", "link", "refuse"]
NAMED: Final = 5


def mode() -> Mode:
    """The setting EXTERNAL_IMAGES."""
    chosen: Mode = current_app.config["EXTERNAL_IMAGES"]
    return chosen


def addresses_in(clean_html: str, *others: str | None) -> list[str]:
    """Return the URLs of external images in a text and among further URLs."""
    site_url = current_app.config["SITE_URL"]
    found = pictures.external_sources(clean_html, site_url)
    found += [address for address in others if address and pictures.is_external(address, site_url)]
    return list(dict.fromkeys(found))


def check(clean_html: str, *others: str | None) -> bool:
    """Return whether a text that is being saved waits for copies; raises `Invalid` if its images are refused."""
    waiting = addresses_in(clean_html, *others)
    if waiting and mode() == "refuse":
        more = f" and {len(waiting) - NAMED} more" if len(waiting) > NAMED else ""
        raise Invalid(
            "Pictures of other sites are not accepted here. Upload them, or link to them: "
            f"{', '.join(waiting[:NAMED])}{more}.",
            field="body",
        )
    return bool(waiting) and mode() == "fetch"


def copies_of(addresses: Collection[str]) -> dict[str, str]:
    """Return the local URLs of the images that have a copy."""
    return {known.address: PREFIX + path for known, path in _known(addresses) if path}


def problems_of(addresses: Collection[str]) -> dict[str, str]:
    """Return the reason for each missing copy, by URL."""
    return {known.address: known.problem for known, path in _known(addresses) if not path and known.problem}


def warnings_about(clean_html: str, *others: str | None) -> list[str]:
    """Return the warnings about images without a copy, for people who may edit the stored text."""
    waiting = addresses_in(clean_html, *others)
    problems = problems_of(waiting)
    return [f"{_state(address, problems.get(address))} Readers see a link instead." for address in waiting]


def _state(address: str, problem: str | None) -> str:
    if problem:
        return f"The picture {address} could not be copied: {problem}"
    if mode() == "fetch":
        return f"The picture {address} is not copied yet."
    return f"The picture {address} is on another site."


def with_copies(clean_html: str) -> str:
    """Return the text with copies in place of external images."""
    waiting = addresses_in(clean_html)
    return exchanged(clean_html, copies_of(waiting)) if waiting else clean_html


def exchanged(clean_html: str, copies: Mapping[str, str]) -> str:
    """Return the text with these URLs replaced."""
    return pictures.with_copies(clean_html, copies)


def is_shown(address: str | None) -> bool:
    """Return whether a page of ours may embed the image at this URL."""
    return bool(address) and not pictures.is_external(address or "", current_app.config["SITE_URL"])


def remember_copy(address: str, *, path: str, at: datetime) -> None:
    """Record that the image at this path is the copy of the one at a URL."""
    media_id = db.session.scalar(select(Media.id).where(Media.path == path))
    copy = {"address": address, "media_id": media_id, "tries": 1, "tried_at": at}
    if not insert_unique(ExternalPicture, ExternalPicture.address_hash, hash_of(address), **copy):
        known = update(ExternalPicture).where(ExternalPicture.address_hash == hash_of(address))
        db.session.execute(known.values(media_id=media_id, problem=""))


def _known(addresses: Collection[str]) -> list[tuple[ExternalPicture, str | None]]:
    hashes: Mapping[str, str] = {hash_of(address): address for address in addresses}
    if not hashes:
        return []
    statement = (
        select(ExternalPicture, Media.path)
        .outerjoin(Media, Media.id == ExternalPicture.media_id)
        .where(ExternalPicture.address_hash.in_(hashes))
    )
    return [(row, path) for row, path in db.session.execute(statement)]


def hash_of(address: str) -> str:
    """Return the fixed-size key of a URL of any length."""
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()
