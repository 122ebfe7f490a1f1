"""Queries for files of the library."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from masthead.db import db
from masthead.errors import NotFound
from masthead.media.models import ExternalPicture, Media, MediaStatus, MediaUpload, MediaUsage, MediaVariant
from masthead.media.permissions import can_see, is_visible_to
from masthead.people.models import User
from masthead.text.names import name_key

_SEARCHED = (Media.name, Media.alt, Media.caption, Media.credit, Media.licence)
#: The words of a search that count; each costs a comparison with every row.
WORDS = 8


@dataclass(frozen=True, slots=True)
class MediaFilters:
    """The part of the library that somebody looks at."""

    q: str = ""
    kind: str = ""
    #: A user name.
    by: str = ""
    since: datetime | None = None
    unused: bool = False
    trashed: bool = False


def library(reader: User, filters: MediaFilters = MediaFilters()) -> Select[Media]:
    """The files that a person sees in the library, newest first, with their owners and variants."""
    return (
        select(Media)
        .where(is_visible_to(reader), *_conditions(filters))
        .options(joinedload(Media.owner), selectinload(Media.variants))
        .order_by(Media.created_at.desc(), Media.id.desc())
    )


def everything(filters: MediaFilters) -> Select[Media]:
    """The files of the library as the shell sees them."""
    return select(Media).where(*_conditions(filters)).order_by(Media.created_at.desc(), Media.id.desc())


def _conditions(filters: MediaFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Media.trashed_at.is_not(None) if filters.trashed else Media.trashed_at.is_(None),
        *(
            or_(*(column.icontains(word, autoescape=True) for column in _SEARCHED))
            for word in filters.q.split()[:WORDS]
        ),
    ]
    if filters.kind:
        found.append(Media.kind == filters.kind)
    if filters.by:
        owner = select(User.id).where(User.username_key == name_key(filters.by)).scalar_subquery()
        found.append(Media.owner_id == owner)
    if filters.since is not None:
        found.append(Media.created_at >= filters.since)
    if filters.unused:
        found.append(~exists().where(MediaUsage.media_id == Media.id))
    return found


def after(statement: Select[Media], position: tuple[datetime, int]) -> Select[Media]:
    """Return the part of the library behind a row."""
    return statement.where(tuple_(Media.created_at, Media.id) < position)


def get(media_id: int, *, reader: User) -> Media:
    """Return a file of the library, also from the trash; raises `NotFound` for one that the person does not see."""
    return _visible(select(Media).where(Media.id == media_id), reader)


def get_to_change(media_id: int, *, reader: User) -> Media:
    """Return a file as `get` does, locked and fresh."""
    statement = select(Media).where(Media.id == media_id).with_for_update(of=Media)
    return _visible(statement, reader)


def at_address(path: str, *, reader: User) -> Media:
    """Return the file at a path below `/media/`, if the person sees it in the library; raises `NotFound`."""
    return _visible(select(Media).where(Media.path == path, Media.trashed_at.is_(None)), reader)


def _visible(statement: Select[Media], reader: User) -> Media:
    found = db.session.scalar(
        statement.options(joinedload(Media.owner), selectinload(Media.variants)).execution_options(
            populate_existing=True
        )
    )
    if found is None or not can_see(reader, found):
        raise NotFound("There is no such file.")
    return found


def by_path(path: str) -> Media:
    """Return the file at this path below `/media/`; raises `NotFound`, also for one in the trash."""
    return _one(Media.path == path, Media.trashed_at.is_(None))


def variant_at(path: str) -> MediaVariant:
    """Return the variant at this path below `/media/`; raises `NotFound`."""
    found = db.session.scalar(
        select(MediaVariant)
        .join(Media, Media.id == MediaVariant.media_id)
        .where(MediaVariant.path == path, Media.trashed_at.is_(None))
    )
    if found is None:
        raise NotFound("There is no file at this address.")
    return found


def waiting_for_variants(limit: int) -> Select[int]:
    """The ids of pictures whose variants are to be made, the oldest first."""
    condition = (Media.status == MediaStatus.PROCESSING) & Media.trashed_at.is_(None)
    return select(Media.id).where(condition).order_by(Media.id).limit(limit)


def used_bytes(owner_id: int) -> int:
    """The sum of the sizes of a person's files, those in the trash included."""
    return (
        db.session.scalar(select(func.coalesce(func.sum(Media.size), 0)).where(Media.owner_id == owner_id))
        or 0
    )


def announced_bytes(owner_id: int) -> int:
    """The sum of the announced lengths of a person's unfinished uploads, whose parts take room already."""
    total = select(func.coalesce(func.sum(MediaUpload.size), 0)).where(MediaUpload.owner_id == owner_id)
    return db.session.scalar(total) or 0


def with_source(source_hash: str) -> Media | None:
    """Return the file made from one with this SHA-256, so that it need not be encoded again."""
    return db.session.scalars(
        select(Media).where(Media.source_hash == source_hash).order_by(Media.id).limit(1)
    ).first()


def paths_by_hash(session: Session) -> dict[str, str]:
    """Return the path of every file, by the hashes of its uploaded and its stored file."""
    found: dict[str, str] = {}
    for source_hash, content_hash, path in session.execute(
        select(Media.source_hash, Media.content_hash, Media.path)
    ):
        found[source_hash] = found[content_hash] = path
    return found


def copies_by_address(session: Session) -> dict[str, str]:
    """Return the path of the copy of each image that was fetched, by the hash of its URL."""
    found = select(ExternalPicture.address_hash, Media.path).join(Media, Media.id == ExternalPicture.media_id)
    return {row.address_hash: row.path for row in session.execute(found)}


def with_content(content_hash: str) -> Media:
    """Return the file whose content has this SHA-256; raises `NotFound`."""
    return _one(Media.content_hash == content_hash)


def keys_in_use(keys: Collection[str]) -> set[str]:
    """Return those of some keys that a file or a variant in use has."""
    found = set(db.session.scalars(select(Media.key).where(Media.key.in_(keys))))
    found |= set(db.session.scalars(select(Media.unedited_key).where(Media.unedited_key.in_(keys))))
    in_use = MediaVariant.path.in_(keys) & MediaVariant.retired_at.is_(None)
    return {key for key in found if key} | set(db.session.scalars(select(MediaVariant.path).where(in_use)))


def _one(*conditions: ColumnElement[bool]) -> Media:
    found = db.session.scalar(select(Media).where(*conditions))
    if found is None:
        raise NotFound("There is no file at this address.")
    return found
