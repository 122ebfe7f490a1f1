"""The HTTP client for untrusted URLs, which must not reach the internal network (SSRF).

The name is resolved once, every address must be public, and the connection goes to one of those addresses
(CVE-2022-3590: a name resolved twice can change between check and use). Each redirect is checked in the same way. Time
and size are bounded, and every failure looks the same.
"""

import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin

import httpcore2
import structlog

from masthead.db import leave_transaction
from masthead.outbound.addresses import PORTS, Address, ResolvedTarget, is_public, parse
from masthead.outbound.connections import PinnedBackend
from masthead.outbound.errors import AnswerRefused, Unreachable

log = structlog.get_logger(__name__)

DEADLINE_SECONDS = 10.0
LARGEST_BYTES = 2_000_000
REDIRECTS = 3
HEADERS = 100
REDIRECTING = frozenset({301, 302, 303, 307, 308})
USER_AGENT = "Masthead"
Resolve = Callable[[str, int], list[Address]]


class _Refused(Exception):
    """The reason for the log."""


class _AnswerRefused(_Refused):
    """The reason, after the host has answered."""


FAILURES = (
    _Refused,
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    OSError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class OutboundResponse:
    """The response, and the URL at the end of the redirects."""

    status: int
    #: Lower-case names; the last of several with one name.
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def type(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def look_up(host: str, port: int) -> list[Address]:
    """Resolve a host by the system: ``2130706433`` and ``0x7f.1`` are 127.0.0.1."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]


@dataclass(frozen=True, slots=True)
class Client:
    """The limits of a fetch. Tests change the fields; the site uses the defaults."""

    seconds: float = DEADLINE_SECONDS
    largest: int = LARGEST_BYTES
    resolve: Resolve = look_up
    is_allowed: Callable[[Address], bool] = is_public
    ports: frozenset[int] = field(default_factory=lambda: frozenset(PORTS.values()))

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        types: Iterable[str] = (),
        redirects: int = REDIRECTS,
    ) -> OutboundResponse:
        """Send a request and read the response; raises `Unreachable`. ``types`` restricts the media types.

        Only GET and HEAD follow redirects, without the caller's headers once the host is another one.
        """
        leave_transaction("another site")
        deadline = time.monotonic() + self.seconds
        try:
            return self._follow(
                url, method, content, dict(headers or {}), frozenset(types), redirects, deadline
            )
        except FAILURES as error:
            log.info("nothing was fetched", url=url[:200], error=f"{type(error).__name__}: {error}"[:200])
            failure = AnswerRefused if isinstance(error, _AnswerRefused) else Unreachable
        raise failure from None

    def _follow(
        self,
        url: str,
        method: str,
        content: bytes,
        headers: dict[str, str],
        types: frozenset[str],
        redirects: int,
        deadline: float,
    ) -> OutboundResponse:
        if method not in {"GET", "HEAD"}:
            redirects = 0
        target = self._checked(url)
        answer = self._ask(target, method, content, headers, types, deadline)
        try:
            for _ in range(redirects):
                location = answer.headers.get("location")
                if answer.status not in REDIRECTING or location is None:
                    return answer
                following = self._following(target, location)
                if (following.host, following.port) != (target.host, target.port):
                    headers = {}
                target = following
                answer = self._ask(target, method, content, headers, types, deadline)
        except _Refused as error:
            raise _AnswerRefused(str(error)) from None
        if redirects and answer.status in REDIRECTING and "location" in answer.headers:
            raise _AnswerRefused("too many redirects")
        return answer

    def _following(self, target: ResolvedTarget, location: str) -> ResolvedTarget:
        following = self._checked(urljoin(target.url, location.strip()))
        if target.scheme == "https" and following.scheme != "https":
            raise _Refused("a redirect leads from https to http")
        return following

    def _checked(self, url: str) -> ResolvedTarget:
        target = parse(url)
        if target is None or target.port not in self.ports:
            raise _Refused("not an address that is fetched from")
        return target

    def _ask(
        self,
        target: ResolvedTarget,
        method: str,
        content: bytes,
        headers: Mapping[str, str],
        types: frozenset[str],
        deadline: float,
    ) -> OutboundResponse:
        places = self._places(target, deadline)
        # Compressed bodies are decoded below, with a size limit.
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, identity", **headers}
        backend = PinnedBackend(places, deadline)
        with (
            closing(httpcore2.ConnectionPool(ssl_context=_tls(), network_backend=backend)) as pool,
            pool.stream(method, target.url, headers=list(sent.items()), content=content or None) as response,
        ):
            if len(response.headers) > HEADERS:
                raise _AnswerRefused("too many headers")
            received = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
            }
            answer = OutboundResponse(response.status, received, b"", target.url)
            if answer.status in REDIRECTING or method == "HEAD":
                return answer
            if types and answer.type not in types:
                raise _AnswerRefused(f"the type is {answer.type[:50]!r}")
            body = b"".join(self._bounded(_decoded(response.iter_stream(), answer)))
        return OutboundResponse(answer.status, received, body, target.url)

    def _places(self, target: ResolvedTarget, deadline: float) -> list[Address]:
        """Resolve the host; raises `_Refused` if any of its addresses is internal."""
        places = list(dict.fromkeys(_within(lambda: self.resolve(target.host, target.port), deadline)))
        if not places or not all(map(self.is_allowed, places)):
            raise _Refused("the host is not a public one")
        return places

    def _bounded(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        size = 0
        for part in parts:
            size += len(part)
            if size > self.largest:
                raise _AnswerRefused("the answer is too large")
            yield part


def fetch(url: str, **options: Any) -> OutboundResponse:
    """Call `Client.fetch` with the site's limits."""
    return Client().fetch(url, **options)


def _decoded(parts: Iterable[bytes], answer: OutboundResponse) -> Iterator[bytes]:
    """Decompress the body, in chunks of bounded size."""
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        yield from parts
        return
    if encoding not in {"gzip", "x-gzip"}:
        raise _AnswerRefused(f"the encoding is {encoding[:50]!r}")
    unpacker = zlib.decompressobj(wbits=31)
    for part in parts:
        waiting = part
        while waiting:
            yield unpacker.decompress(waiting, 65_536)
            waiting = unpacker.unconsumed_tail
    yield unpacker.flush()


def _within(work: Callable[[], list[Address]], deadline: float) -> list[Address]:
    """Return the result of a look-up; one past the deadline cannot be interrupted, and ends in its thread."""
    results: queue.SimpleQueue[list[Address] | OSError | UnicodeError] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put(work())
        except (OSError, UnicodeError) as error:
            results.put(error)

    threading.Thread(target=run, daemon=True, name="look-up").start()
    try:
        result = results.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise _Refused("the host was not found in time") from None
    if isinstance(result, Exception):
        raise _Refused(f"the host was not found: {result}")
    return result


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
