"""How large pictures are, so that a page keeps their place free while they load."""

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup
from sqlalchemy import select

from masthead.db import db
from masthead.media.models import Media
from masthead.text.pictures import Size

PREFIX: Final = "/media/"
#: Some hundred bytes each.
REMEMBERED: Final = 20_000
#: By path. A file never changes, and its path is made of its content, so this holds in every database for ever.
_sizes: dict[str, Size] = {}


def of(addresses: Iterable[str]) -> dict[str, Size]:
    """Width and height of the pictures that are kept here, by address; one query at most."""
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
    """The attributes of an `img` with this source, or nothing where the size is not known."""
    size = of([address]).get(address)
    return Markup(' width="{}" height="{}"').format(*size) if size else Markup()
