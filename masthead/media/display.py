"""The data of files that pages for readers need: sizes, variants, words and the focal point."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from masthead import pagecache
from masthead.db import db
from masthead.media.cache_topics import MEDIA
from masthead.media.links import PREFIX, address_of, current_url
from masthead.media.models import Media, MediaVariant

#: The formats of sources, the best first; the original kind is the fallback.
MODERN = ("image/avif", "image/webp")


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """A picture in another size or format."""

    url: str
    width: int
    height: int
    media_type: str


@dataclass(frozen=True, slots=True)
class ShownMedia:
    """A file as pages show it. ``url`` and those of the variants change with the content, ``address`` never."""

    id: int
    address: str
    url: str
    kind: str
    media_type: str
    #: 0 for files that are no pictures.
    width: int
    height: int
    bytes: int
    name: str
    alt: str
    is_decorative: bool
    caption: str
    credit: str
    licence: str
    focal_x: float
    focal_y: float
    #: A data URI, or empty.
    placeholder: str
    #: Ordered by width.
    variants: tuple[ShownVariant, ...]
    #: The part around the focal point in the shape of a card; None until it is made, and for small pictures.
    card: ShownVariant | None = None

    def srcset(self, media_type: str) -> str:
        """Return the candidates of a type for ``srcset``; the file itself is the widest one of its own type."""
        found = [f"{one.url} {one.width}w" for one in self.variants if one.media_type == media_type]
        if found and media_type == self.media_type:
            found.append(f"{self.url} {self.width}w")
        return ", ".join(found)

    @property
    def sources(self) -> list[tuple[str, str]]:
        """The type and the candidates of each better format."""
        listed = [(name, self.srcset(name)) for name in MODERN if name != self.media_type]
        return [(name, candidates) for name, candidates in listed if candidates]


def shown(addresses: Iterable[str]) -> dict[str, ShownMedia]:
    """Return the files at these addresses; unknown ones are missing. Two statements at most, or none from memory."""
    paths = {address: path_in(address) for address in addresses if address.startswith(PREFIX)}
    wanted = sorted(set(paths.values()))
    if not wanted:
        return {}
    name = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    found = pagecache.memoize(f"media:{name}", lambda: _loaded(wanted))
    return {address: found[path] for address, path in paths.items() if path in found}


def path_in(address: str) -> str:
    """Return the path of a file in its address, without a version."""
    return address.removeprefix(PREFIX).partition("?")[0].partition("#")[0]


def _loaded(paths: Sequence[str]) -> dict[str, ShownMedia]:
    statement = (
        select(Media)
        .where(Media.path.in_(paths), Media.trashed_at.is_(None))
        .options(selectinload(Media.variants))
        .execution_options(populate_existing=True)
    )
    rows = db.session.scalars(statement).all()
    if len(rows) < len(paths):
        # A file may come to an address that has none.
        pagecache.depends_on(MEDIA)
    return {media.path: _shown(media) for media in rows}


def _shown(media: Media) -> ShownMedia:
    return ShownMedia(
        id=media.id,
        address=address_of(media),
        url=current_url(media),
        kind=media.kind,
        media_type=media.media_type,
        width=media.width,
        height=media.height,
        bytes=media.size,
        name=media.name,
        alt=media.alt,
        is_decorative=media.decorative,
        caption=media.caption,
        credit=media.credit,
        licence=media.licence,
        focal_x=media.focal_x,
        focal_y=media.focal_y,
        placeholder=media.placeholder,
        variants=tuple(map(_variant, media.sizes)),
        card=next((_variant(one) for one in media.variants if one.is_crop), None),
    )


def _variant(row: MediaVariant) -> ShownVariant:
    return ShownVariant(PREFIX + row.path, row.width, row.height, row.media_type)
