"""Copies an image of another site into the media store, through the outbound client."""

from datetime import datetime, timedelta
from posixpath import basename
from typing import Final
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from masthead import clock
from masthead.db import db, insert_unique
from masthead.errors import Conflict
from masthead.media import actions
from masthead.media.errors import PictureRefused
from masthead.media.external import hash_of
from masthead.media.limits import upload_bytes
from masthead.media.models import ExternalPicture
from masthead.media.processing.facts import PictureFacts
from masthead.media.uploads import intake
from masthead.outbound.client import Client
from masthead.outbound.errors import Unreachable

#: A photograph of the maximum size over a slow line.
SECONDS: Final = 60.0
#: The delays between attempts after failures of the network.
WAITS: Final = (timedelta(minutes=5), timedelta(hours=1))
UNREACHABLE: Final = "Nothing could be read from this address."


def copy(address: str) -> datetime | None:
    """Copy an image or store why that is impossible; return the time for a retry if one may help.

    The network and the decoder come before the first statement.
    """
    facts, problem = _read(address)
    at = clock.now()
    insert_unique(
        ExternalPicture, ExternalPicture.address_hash, hash_of(address), address=address, tried_at=at
    )
    row = db.session.scalars(
        select(ExternalPicture).where(ExternalPicture.address_hash == hash_of(address)).with_for_update()
    ).one()
    row.tries, row.tried_at, row.problem = row.tries + 1, at, problem
    if facts is not None:
        name = unquote(basename(urlsplit(address).path), errors="replace")
        try:
            # A writer's address takes no file out of the trash.
            row.media_id = actions.record(facts, name=name, by=None, at=at, restores=False).id
        except Conflict as error:
            row.problem = error.message
    return at + WAITS[row.tries - 1] if problem == UNREACHABLE and row.tries <= len(WAITS) else None


def _read(address: str) -> tuple[PictureFacts | None, str]:
    limit = upload_bytes()
    url = f"https:{address}" if address.startswith("//") else address
    try:
        answer = Client(seconds=SECONDS, largest=limit).fetch(url, headers={"Accept": "image/*"})
        if answer.status != 200:
            return None, UNREACHABLE
        with intake.stored([answer.body], is_picture=True) as facts:
            return facts, ""
    except Unreachable:
        return None, UNREACHABLE
    except PictureRefused as error:
        return None, error.message
