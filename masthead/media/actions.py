"""Stores images. Validating and encoding, the slow part, happens before: see `masthead.media.pictures`."""

from datetime import datetime

from masthead.db import insert_unique
from masthead.errors import NotAllowed
from masthead.media import queries
from masthead.media.models import ALT_CHARACTERS, NAME_CHARACTERS, Media
from masthead.media.pictures import PictureFacts, PreparedPicture
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.storage import store as storage
from masthead.storage.store import FileStore


def store(picture: PreparedPicture, *, name: str, alt: str = "", by: User | None, at: datetime) -> Media:
    """Store an image; identical content makes one row, with the first name and description.

    Without ``by``, as from the shell, the image has no owner. Call this before the other statements of the transaction
    if possible: the file is written first, so that no row is ever without its file.
    """
    _check_right(by)
    keep_file(picture, storage.current())
    record(picture.facts, name=name, alt=alt, by=by, at=at)
    return queries.with_content(picture.facts.content_hash)


def keep_file(picture: PreparedPicture, files: FileStore) -> None:
    """Write the file of an image; it is served only once it has a row. Runs in any process, without a database."""
    if files.size(picture.path) != len(picture.content):
        files.put(picture.path, picture.content)


def record(facts: PictureFacts, *, name: str, alt: str = "", by: User | None, at: datetime) -> None:
    """Create the row of an image whose file is stored already."""
    _check_right(by)
    insert_unique(
        Media,
        Media.content_hash,
        facts.content_hash,
        path=facts.path,
        source_hash=facts.source_hash,
        media_type=facts.media_type,
        width=facts.width,
        height=facts.height,
        size=facts.size,
        alt=_one_line(alt)[:ALT_CHARACTERS],
        name=_one_line(name)[:NAME_CHARACTERS],
        owner_id=by.id if by else None,
        created_at=at,
    )


def _check_right(by: User | None) -> None:
    if by is not None and not by.can(Permission.UPLOAD):
        raise NotAllowed("Your role does not allow you to upload pictures.")


def _one_line(text: str) -> str:
    """Return a text for people on one line, without characters that no database can store; a file name may hold any."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").replace("\0", "").split())
