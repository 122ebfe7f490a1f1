"""Pictures of other sites in texts. A page of ours shows none of them, so they are copied here, linked to, or refused."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from posixpath import basename
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from masthead import clock
from masthead.db import claim, db
from masthead.errors import Invalid
from masthead.media import actions, sizes
from masthead.media.errors import PictureRefused
from masthead.media.limits import upload_bytes
from masthead.media.models import ExternalPicture, Media
from masthead.media.pictures import PreparedPicture, prepare
from masthead.outbound.client import Client, Unreachable
from masthead.text import pictures

Mode = Literal["fetch", "link", "refuse"]
#: A photograph of the largest size that is accepted, over a slow line.
SECONDS: Final = 60.0
#: Pictures of one text that are copied; a text with more is no text that somebody has written here.
LIMIT: Final = 200
#: After each failure of the network but the last, the picture is tried again.
WAITS: Final = (timedelta(minutes=5), timedelta(hours=1))
NAMED: Final = 5
UNREACHABLE: Final = "Nothing could be read from this address."


def mode() -> Mode:
    """The setting EXTERNAL_IMAGES."""
    chosen: Mode = current_app.config["EXTERNAL_IMAGES"]
    return chosen


def addresses_in(clean_html: str, *others: str | None) -> list[str]:
    """The pictures of other sites in a text, and those among further addresses."""
    site_url = current_app.config["SITE_URL"]
    found = pictures.external_sources(clean_html, site_url)
    found += [address for address in others if address and pictures.is_external(address, site_url)]
    return list(dict.fromkeys(found))


def check(clean_html: str, *others: str | None) -> bool:
    """Whether a text that is being saved waits for copies; raises `Invalid` if its pictures are refused."""
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
    """The addresses here of those pictures that were copied before."""
    return {known.address: sizes.PREFIX + path for known, path in _known(addresses) if path}


def problems_of(addresses: Collection[str]) -> dict[str, str]:
    """Why there is no copy of some of them, by address."""
    return {known.address: known.problem for known, path in _known(addresses) if not path and known.problem}


def warnings_about(clean_html: str, *others: str | None) -> list[str]:
    """What whoever may edit a stored text is told of its pictures that have no copy."""
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
    """The text with its copied pictures in place of those of other sites."""
    waiting = addresses_in(clean_html)
    return exchanged(clean_html, copies_of(waiting)) if waiting else clean_html


def exchanged(clean_html: str, copies: Mapping[str, str]) -> str:
    """The text with these copies."""
    return pictures.with_copies(clean_html, copies)


def for_page(clean_html: str) -> str:
    """The text as a page shows it; see `masthead.text.pictures.for_page`."""
    return pictures.for_page(clean_html, current_app.config["SITE_URL"], sizes.of)


def is_shown(address: str | None) -> bool:
    """Whether a page of ours may show the picture at this address."""
    return bool(address) and not pictures.is_external(address or "", current_app.config["SITE_URL"])


def fetch(addresses: Iterable[str]) -> datetime | None:
    """Copy those that have no copy yet, each in a transaction of its own; when to try again, if that may help."""
    again: datetime | None = None
    wanted = list(addresses)[:LIMIT]
    present = copies_of(wanted)
    for address in wanted:
        if address not in present:
            db.session.rollback()
            again = _fetch_one(address) or again
    return again


def _fetch_one(address: str) -> datetime | None:
    """The network and the decoder come before the transaction."""
    picture, problem = _read(address)
    at = clock.now()
    claim(ExternalPicture, ExternalPicture.address_hash, _hash(address), address=address, tried_at=at)
    row = db.session.scalars(
        select(ExternalPicture).where(ExternalPicture.address_hash == _hash(address)).with_for_update()
    ).one()
    row.tries, row.tried_at, row.problem = row.tries + 1, at, problem
    if picture is not None:
        name = unquote(basename(urlsplit(address).path), errors="replace")
        row.media_id = actions.store(picture, name=name, by=None, at=at).id
    tries = row.tries
    db.session.commit()
    return at + WAITS[tries - 1] if problem == UNREACHABLE and tries <= len(WAITS) else None


def _read(address: str) -> tuple[PreparedPicture | None, str]:
    limit = upload_bytes()
    url = f"https:{address}" if address.startswith("//") else address
    try:
        answer = Client(seconds=SECONDS, largest=limit).fetch(url, headers={"Accept": "image/*"})
        if answer.status != 200:
            return None, UNREACHABLE
        return prepare(answer.body, limit_bytes=limit), ""
    except Unreachable:
        return None, UNREACHABLE
    except PictureRefused as error:
        return None, error.message


def _known(addresses: Collection[str]) -> list[tuple[ExternalPicture, str | None]]:
    hashes: Mapping[str, str] = {_hash(address): address for address in addresses}
    if not hashes:
        return []
    statement = (
        select(ExternalPicture, Media.path)
        .outerjoin(Media, Media.id == ExternalPicture.media_id)
        .where(ExternalPicture.address_hash.in_(hashes))
    )
    return [(row, path) for row, path in db.session.execute(statement)]


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()
