"""The dimensions of pictures, so that a page reserves their space while they load."""

from collections.abc import Iterable

from flask import g
from markupsafe import Markup

from masthead.media import display
from masthead.media.links import PREFIX
from masthead.text.pictures import Size

__all__ = ["PREFIX", "attributes", "of"]


def of(addresses: Iterable[str]) -> dict[str, Size]:
    """Return width and height of the stored pictures among these URLs; two queries at most."""
    known: dict[str, Size] = g.setdefault("media_sizes", {})
    wanted = list(addresses)
    unknown = [address for address in wanted if address not in known]
    for address, media in display.shown(unknown).items():
        if media.width:
            known[address] = (media.width, media.height)
    return {address: known[address] for address in wanted if address in known}


def attributes(address: str) -> Markup:
    """Return the size attributes of an `img` with this source; none if the size is unknown."""
    size = of([address]).get(address)
    return Markup(' width="{}" height="{}"').format(*size) if size else Markup()
