"""Content codings: what a client understands, and bodies made shorter (RFC 9110, sections 8.4 and 12.5.3). Pure."""

import gzip
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import brotli
from werkzeug.http import parse_accept_header

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: In the order in which we prefer them.
CODINGS: Final = ("br", "zstd", "gzip")
#: Shorter bodies fit into a packet anyway.
COMPRESSED_FROM_BYTES: Final = 400
TEXT: Final = re.compile(r"text/|application/(?:[\w.+-]*\+)?(?:json|xml|javascript)\b|image/svg\+xml")


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to look for a shorter body, in the levels of each coding."""

    brotli: int
    zstd: int
    gzip: int


#: For one client, who waits for it.
QUICK: Final = Effort(brotli=4, zstd=3, gzip=6)
#: For many clients, the first of whom waits.
KEPT: Final = Effort(brotli=5, zstd=9, gzip=6)
#: For everybody, for as long as the program runs.
BEST: Final = Effort(brotli=11, zstd=19, gzip=9)


def is_worthwhile(media_type: str, size: int) -> bool:
    """Whether a body of this type and so many bytes becomes shorter by enough to be worth the work."""
    return size >= COMPRESSED_FROM_BYTES and TEXT.match(media_type) is not None


@lru_cache(maxsize=512)
def accepted(header: str) -> tuple[str, ...]:
    """The codings that a client understands, by its Accept-Encoding, in the order in which we prefer them."""
    given = parse_accept_header(header.lower())
    quality = {str(name): value for name, value in given}
    return tuple(name for name in CODINGS if quality.get(name, quality.get("*", 0)) > 0)


def chosen(header: str | None, available: Collection[str]) -> str:
    """The best coding among those available for a client with this Accept-Encoding; "" is none."""
    if header is not None and len(available) > 1:
        for name in accepted(header):
            if name in available:
                return name
    return ""


def compress(body: bytes, coding: str, effort: Effort) -> bytes:
    """The body in one coding."""
    if coding == "br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=effort.brotli))
    if coding == "zstd":
        return bytes(zstd.compress(body, effort.zstd))
    # Without the time, the same body is the same bytes.
    return gzip.compress(body, effort.gzip, mtime=0)


def variants(body: bytes, media_type: str, effort: Effort) -> dict[str, bytes]:
    """The body by coding: the plain one under "", and each that is shorter."""
    bodies = {"": body}
    if is_worthwhile(media_type, len(body)):
        bodies |= {
            coding: made for coding in CODINGS if len(made := compress(body, coding, effort)) < len(body)
        }
    return bodies
