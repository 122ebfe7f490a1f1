"""Queries for images."""

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from masthead.db import db
from masthead.errors import NotFound
from masthead.media.models import Media


def newest_first() -> Select[Media]:
    """Every image, newest first."""
    return select(Media).order_by(Media.created_at.desc(), Media.id.desc())


def by_path(path: str) -> Media:
    """Return the image at this path below `/media/`; raises `NotFound`."""
    return _one(Media.path == path)


def with_source(source_hash: str) -> Media | None:
    """Return the image made from a file with this SHA-256, so that the file need not be encoded again."""
    return db.session.scalars(
        select(Media).where(Media.source_hash == source_hash).order_by(Media.id).limit(1)
    ).first()


def paths_by_hash(session: Session) -> dict[str, str]:
    """Return the path of every image, by the hashes of its uploaded and its stored file."""
    found: dict[str, str] = {}
    for source_hash, content_hash, path in session.execute(
        select(Media.source_hash, Media.content_hash, Media.path)
    ):
        found[source_hash] = found[content_hash] = path
    return found


def with_content(content_hash: str) -> Media:
    """Return the image whose file has this SHA-256; raises `NotFound`."""
    return _one(Media.content_hash == content_hash)


def _one(condition: ColumnElement[bool]) -> Media:
    found = db.session.scalar(select(Media).where(condition))
    if found is None:
        raise NotFound("There is no picture at this address.")
    return found
