"""Content codings: negotiation and compression (RFC 9110, sections 8.4 and 12.5.3). Pure."""

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

#: In order of preference.
CODINGS: Final = ("br", "zstd", "gzip")
#: Shorter bodies fit into one packet anyway.
COMPRESSED_FROM_BYTES: Final = 400
TEXT: Final = re.compile(r"text/|application/(?:[\w.+-]*\+)?(?:json|xml|javascript)\b|image/svg\+xml")


@dataclass(frozen=True, slots=True)
class Effort:
    """Compression effort, as the level of each coding."""

    brotli: int
    zstd: int
    gzip: int


#: For one client, who waits for it.
QUICK: Final = Effort(brotli=4, zstd=3, gzip=6)
#: For many clients, the first of whom waits.
KEPT: Final = Effort(brotli=5, zstd=9, gzip=6)
#: For all clients, while the program runs.
BEST: Final = Effort(brotli=11, zstd=19, gzip=9)


def is_worthwhile(media_type: str, size: int) -> bool:
    """Tell if compressing a body of this type and size saves enough."""
    return size >= COMPRESSED_FROM_BYTES and TEXT.match(media_type) is not None


@lru_cache(maxsize=512)
def accepted(header: str) -> tuple[str, ...]:
    """List the codings in an Accept-Encoding header, in our order of preference."""
    given = parse_accept_header(header.lower())
    quality = {str(name): value for name, value in given}
    return tuple(name for name in CODINGS if quality.get(name, quality.get("*", 0)) > 0)


def chosen(header: str | None, available: Collection[str]) -> str:
    """Return the best available coding for an Accept-Encoding header; "" is none."""
    if header is not None and len(available) > 1:
        for name in accepted(header):
            if name in available:
                return name
    return ""


def compress(body: bytes, coding: str, effort: Effort) -> bytes:
    """Compress the body by one coding."""
    if coding == "br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=effort.brotli))
    if coding == "zstd":
        return bytes(zstd.compress(body, effort.zstd))
    # Without a timestamp the output is reproducible.
    return gzip.compress(body, effort.gzip, mtime=0)


def variants(body: bytes, media_type: str, effort: Effort) -> dict[str, bytes]:
    """Map codings to bodies: the plain one under "", and each coding that makes it shorter."""
    bodies = {"": body}
    if is_worthwhile(media_type, len(body)):
        bodies |= {
            coding: made for coding in CODINGS if len(made := compress(body, coding, effort)) < len(body)
        }
    return bodies
