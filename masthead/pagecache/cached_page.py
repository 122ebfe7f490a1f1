"""A cached response: its body in each encoding, and its dependencies."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from werkzeug.http import parse_date

from masthead import compression
from masthead.pagecache.dependencies import Follower, PageDependencies

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Headers = list[tuple[str, str]]
#: Headers of a single response, which are made anew each time or follow from the body.
OWN: Final = frozenset(
    {"x-request-id", "x-cache", "date", "content-length", "content-encoding", "etag", "vary", "connection"}
)
#: Headers that a 304 repeats (RFC 9110, section 15.4.5).
REPEATED: Final = frozenset({"cache-control", "content-location", "expires", "last-modified"})
DATE_IS_CERTAIN_AFTER: Final = timedelta(seconds=2)
#: Overhead of an entry in bytes, beside its bodies.
OVERHEAD_BYTES: Final = 2_048
#: Announces a proxy that caches pages for outages of the application (Edge Architecture Specification 1.0).
SURROGATE: Final = 'nginx="Surrogate/1.0"'
#: Tells nginx to store the response as already expired, so that it asks again each time.
PERMISSION: Final = ("X-Accel-Expires", "@1")


@dataclass(frozen=True, slots=True)
class Variant:
    """The response in one encoding."""

    body: bytes
    etag: str
    headers: Headers
    unchanged_headers: Headers


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A response as every anonymous reader gets it."""

    status: str
    code: int
    #: By encoding; "" is uncompressed.
    variants: dict[str, Variant]
    last_modified: datetime | None
    topics: frozenset[str]
    made_at: datetime
    until: datetime | None
    followers: tuple[Follower, ...]
    size: int

    @property
    def is_missing(self) -> bool:
        """True for a 404."""
        return self.code == 404

    def is_fresh(self, now: datetime) -> bool:
        """Tell if the expiry has not passed, and the clock has not been set back."""
        return self.made_at <= now and (self.until is None or now < self.until)

    def variant_for(self, accept_encoding: str | None) -> Variant:
        """Return the best variant for the client's Accept-Encoding."""
        return self.variants[compression.chosen(accept_encoding, self.variants)]

    def is_known(self, variant: Variant, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Tell if the client's copy is current (RFC 9110, section 13.1)."""
        if self.code != 200:
            return False
        if if_none_match is not None:
            return if_none_match == variant.etag or matches(if_none_match, variant.etag)
        if if_modified_since is None or self.last_modified is None:
            return False
        # Last-Modified has a resolution of seconds: a page made within two seconds of its change may have changed
        # again.
        if self.made_at - self.last_modified < DATE_IS_CERTAIN_AFTER:
            return False
        moment = parse_date(if_modified_since)
        return moment is not None and self.last_modified <= moment


def matches(if_none_match: str, etag: str) -> bool:
    """Tell if the list of tags contains this one; compressing proxies turn strong tags into weak ones."""
    if if_none_match.strip() == "*":
        return True
    return any(tag.strip().removeprefix("W/") == etag for tag in if_none_match.split(","))


def made(
    status: str,
    headers: Headers,
    body: bytes,
    reading: PageDependencies,
    *,
    at: datetime,
    varies_by_cookie: bool,
) -> CachedPage:
    """Make the entry of a new response."""
    kept = [(name, value) for name, value in headers if name.lower() not in OWN]
    kind = next((value for name, value in kept if name.lower() == "content-type"), "")
    bodies = compression.variants(body, kind, compression.KEPT)
    vary = ["Accept-Encoding"] * (len(bodies) > 1) + ["Cookie"] * varies_by_cookie
    if vary:
        kept.append(("Vary", ", ".join(vary)))
    if not any(name.lower() == "cache-control" for name, _ in kept):
        # Other caches may store it but must revalidate, so that unpublished content disappears at once.
        kept.append(("Cache-Control", "no-cache"))
    code = int(status[:3])
    fingerprint = hashlib.sha256(body).hexdigest()[:32]
    variants = {name: _variant(kept, data, name, fingerprint, code) for name, data in bodies.items()}
    modified = next((value for name, value in kept if name.lower() == "last-modified"), None)
    return CachedPage(
        status=status,
        code=code,
        variants=variants,
        last_modified=parse_date(modified),
        topics=frozenset(reading.topics),
        made_at=at,
        until=reading.until,
        followers=tuple(reading.followers),
        size=sum(map(len, bodies.values())) + OVERHEAD_BYTES + 100 * len(reading.topics),
    )


def _variant(headers: Headers, body: bytes, encoding: str, fingerprint: str, code: int) -> Variant:
    # A strong tag names bytes, so each encoding has its own (RFC 9110, section 8.8.3).
    etag = f'"{fingerprint}-{encoding}"' if encoding else f'"{fingerprint}"'
    whole = [*headers, ("Content-Length", str(len(body)))]
    if encoding:
        whole.append(("Content-Encoding", encoding))
    unchanged = [pair for pair in headers if pair[0].lower() in REPEATED or pair[0].lower() == "vary"]
    if code == 200:
        whole.append(("ETag", etag))
        unchanged.append(("ETag", etag))
    return Variant(body, etag, whole, unchanged)


def permission_for(environ: "WSGIEnvironment") -> Headers:
    """Return the header that lets the proxy of `deploy/nginx.conf` store a response for everybody.

    Proxies that do not announce themselves get none: one with another configuration could serve the page as fresh.
    """
    return [PERMISSION] if environ.get("HTTP_SURROGATE_CAPABILITY") == SURROGATE else []
