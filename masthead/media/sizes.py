"""The dimensions of images, so that a page reserves their space while they load."""

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup
from sqlalchemy import select

from masthead.db import db
from masthead.media.models import Media
from masthead.text.pictures import Size

PREFIX: Final = "/media/"
#: Entries have about a hundred bytes each.
REMEMBERED: Final = 20_000
#: Dimensions by path. A path is derived from the file's content, so its entry is valid in every database for ever.
_sizes: dict[str, Size] = {}


def of(addresses: Iterable[str]) -> dict[str, Size]:
    """Return width and height of the stored images among these URLs; one query at most."""
    paths = {address: address.removeprefix(PREFIX) for address in addresses if address.startswith(PREFIX)}
    unknown = set(paths.values()) - _sizes.keys()
    if unknown:
        if len(_sizes) + len(unknown) > REMEMBERED:
            _sizes.clear()
        rows = db.session.execute(
            select(Media.path, Media.width, Media.height).where(Media.path.in_(unknown))
        )
        _sizes.update({path: (width, height) for path, width, height in rows})
    return {address: _sizes[path] for address, path in paths.items() if path in _sizes}


def attributes(address: str) -> Markup:
    """Return the size attributes of an `img` with this source; none if the size is unknown."""
    size = of([address]).get(address)
    return Markup(' width="{}" height="{}"').format(*size) if size else Markup()
