"""The WSGI middleware in front of Flask: answers from memory if the page is current, otherwise makes and stores it."""

import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from masthead import clock
from masthead.pagecache import counters, dependencies
from masthead.pagecache.cache_keys import Addresses, anonymous, normal_query
from masthead.pagecache.cached_page import CachedPage, Headers, made, permission_for
from masthead.pagecache.counters import HitCounters
from masthead.pagecache.dependencies import ExpiryTimes, PageDependencies
from masthead.pagecache.fragments import POSITION
from masthead.pagecache.outage import Outage, has_outage
from masthead.pagecache.sqlite_watch import SQLiteWatch
from masthead.pagecache.store import PageStore

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from masthead.pagecache.postgres_watch import PostgresWatch

#: Seconds that a request waits for another one that makes the same page.
FLIGHT_SECONDS: Final = 10.0
#: Retries if a page is out of date before it is complete.
FLIGHTS: Final = 3
STORED: Final = frozenset({200, 301, 404})
#: Statuses that a proxy stores as well, so that they replace a page that it has cached.
FOR_OTHERS: Final = STORED | {302, 303, 307, 308, 410}
#: Assigns a request id and writes the log line: environment, status, start; returns the id.
OnHit = Callable[["WSGIEnvironment", int, float], str]


class StalePage(AssertionError):
    """A cached page differs from a fresh one; only tests compare them."""


@dataclass(slots=True)
class CapturedResponse:
    """The response of the application."""

    status: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the value of a header."""
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(slots=True)
class SingleFlight:
    """A page in the making, and the requests that wait for it."""

    landed: threading.Event = field(default_factory=threading.Event)
    is_keepable: bool = True


class PageCache:
    """Answers from memory in front of a WSGI application."""

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        addresses: Addresses,
        store: PageStore,
        watch: "SQLiteWatch | PostgresWatch",
        counted: HitCounters,
        on_hit: OnHit,
        stale_seconds: float,
    ) -> None:
        self._app = app
        self._addresses = addresses
        self._on_hit = on_hit
        self._lock = threading.Lock()
        self._flights: dict[str, SingleFlight] = {}
        self.store = store
        self.watch = watch
        self.counters = counted
        self.outage = Outage(stale_seconds)
        self.moments = ExpiryTimes(store.changed_since)
        #: For tests: make each cached page afresh and compare.
        self.verifies = False

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        key = self._addresses.key_of(environ)
        if key is None:
            return self._bypass(environ, start_response)
        if not self.watch.catch_up():
            return self._without_news(key, environ, start_response)
        entry = self.store.get(key)
        if entry is not None and entry.is_fresh(clock.now()):
            return self._hit(entry, environ, start_response)
        return self._miss(key, environ, start_response)

    def clear(self) -> None:
        """Drop every page."""
        self.store.clear()

    def reset_after_fork(self) -> None:
        """Reset in a forked child, which must not use the parent's threads, connections and counters."""
        self._lock = threading.Lock()
        self._flights = {}
        self.store.reset_after_fork()
        self.watch.forget()
        self.outage.reset_after_fork()
        self.counters.reset_after_fork()

    def _hit(
        self, entry: CachedPage, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        began = time.perf_counter()
        if self.verifies:
            self._verify(entry, environ)
        self.counters.values[counters.HITS] += 1
        return self._send(entry, environ, start_response, "hit", began)

    def _send(
        self,
        entry: CachedPage,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        how: str,
        began: float | None = None,
        request_id: str | None = None,
    ) -> Iterable[bytes]:
        """Send a cached page in the form that the client accepts."""
        for follower in entry.followers:
            follower(environ)
        get = environ.get
        variant = entry.variant_for(get("HTTP_ACCEPT_ENCODING"))
        known, since = get("HTTP_IF_NONE_MATCH"), get("HTTP_IF_MODIFIED_SINCE")
        is_known = (known is not None or since is not None) and entry.is_known(variant, known, since)
        if began is not None:
            request_id = self._on_hit(environ, 304 if is_known else entry.code, began)
        own = [("X-Cache", how), ("X-Request-ID", request_id or "")]
        if how != "stale":
            own += permission_for(environ)
        if is_known:
            start_response("304 NOT MODIFIED", variant.unchanged_headers + own)
            return ()
        start_response(entry.status, variant.headers + own)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (variant.body,)

    def _bypass(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.counters.values[counters.BYPASSES] += 1
        environ[POSITION] = self.store.position if self.watch.catch_up() else None

        def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [*headers, ("X-Cache", "bypass")], exc_info)

        return self._app(environ, start)

    def _without_news(
        self, key: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Without change notifications: make the page, and send the cached one only if the database is down."""
        parameters = self._addresses.parameters_of(environ)
        page = None if parameters is None else self.store.get(_key_of_page(key, environ, parameters))
        if parameters is None or page is None or not self.outage.is_bridged():
            return self._bypass(environ, start_response)
        if self.outage.may_try():
            seen = anonymous(environ, parameters)
            seen[POSITION] = None
            reading = PageDependencies(self.store.position, self.moments)
            answer = self._ask(seen, reading)
            if not has_outage(seen):
                self.outage.end()
                self.counters.values[counters.BYPASSES] += 1
                return _pass_on(answer, reading, environ, start_response, "bypass")
            self.outage.begin()
        return self._stale(page, environ, start_response)

    def _stale(
        self, page: CachedPage, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self.counters.values[counters.HITS] += 1
        return self._send(page, environ, start_response, "stale", time.perf_counter())

    def _miss(self, key: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        parameters = self._addresses.parameters_of(environ)
        if parameters is None:
            return self._bypass(environ, start_response)
        key = _key_of_page(key, environ, parameters)
        mine: SingleFlight | None = None
        for _ in range(FLIGHTS):
            entry = self.store.get(key) if self.watch.catch_up() else None
            if entry is not None and entry.is_fresh(clock.now()):
                return self._hit(entry, environ, start_response)
            with self._lock:
                flight = self._flights.get(key)
                if flight is None:
                    mine = self._flights[key] = SingleFlight()
                    break
            if not flight.landed.wait(FLIGHT_SECONDS) or not flight.is_keepable:
                break
        try:
            return self._make(key, anonymous(environ, parameters), environ, start_response, mine)
        finally:
            if mine is not None:
                with self._lock:
                    del self._flights[key]
                mine.landed.set()

    def _make(
        self,
        key: str,
        seen: "WSGIEnvironment",
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        flight: SingleFlight | None,
    ) -> Iterable[bytes]:
        """Make the page, store it if it is cacheable, and send it."""
        # Before the first read: the page may miss later changes.
        reading = PageDependencies(self.store.position, self.moments)
        seen[POSITION] = reading.since
        began = clock.now()
        answer = self._ask(seen, reading)
        self.counters.values[counters.MISSES] += 1
        if not is_keepable(answer, reading):
            if flight is not None:
                flight.is_keepable = False
            kept = self.store.get(key) if has_outage(seen) and self.outage.is_bridged() else None
            if kept is not None:
                self.outage.begin()
                return self._stale(kept, environ, start_response)
            return _pass_on(answer, reading, environ, start_response, "miss")
        self.outage.end()
        entry = self._entry(answer, reading, began)
        if not self.store.put(key, entry, since=reading.since):
            self.counters.values[counters.REFUSED] += 1
        self._measure()
        return self._send(
            entry, environ, start_response, "miss", request_id=answer.header("x-request-id") or ""
        )

    def _ask(self, seen: "WSGIEnvironment", reading: PageDependencies) -> CapturedResponse:
        answer = CapturedResponse()

        def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ARG001 (PEP 3333)
            # Nothing has been sent yet, so an error can still become another response.
            answer.status, answer.headers = status, headers
            return chunks.append

        chunks: list[bytes] = []
        with dependencies.collecting(reading):
            parts = self._app(seen, start)
            try:
                chunks.extend(parts)
            finally:
                close = getattr(parts, "close", None)
                if close is not None:
                    close()
        answer.body = b"".join(chunks)
        return answer

    def _entry(self, answer: CapturedResponse, reading: PageDependencies, began: datetime) -> CachedPage:
        # The creation time is the start of the request: taken at its end, a slow page could pass the two-second test of
        # Last-Modified (`CachedPage.is_known`).
        varies = "cookie" in (answer.header("vary") or "").lower()
        return made(answer.status, answer.headers, answer.body, reading, at=began, varies_by_cookie=varies)

    def _measure(self) -> None:
        self.counters.share()
        self.counters.values[counters.PAGES] = len(self.store)
        self.counters.values[counters.BYTES] = self.store.size
        self.counters.values[counters.DROPPED] = self.store.dropped
        self.counters.values[counters.LIMIT] = self.store.limit

    def _verify(self, entry: CachedPage, environ: "WSGIEnvironment") -> None:
        """Make the page once more; raises `StalePage` if it differs."""
        parameters = self._addresses.parameters_of(environ)
        if parameters is None:
            raise StalePage(f"{environ['PATH_INFO']} is kept, and should not be.")
        reading = PageDependencies(self.store.position, self.moments)
        began = clock.now()
        fresh = self._entry(self._ask(anonymous(environ, parameters), reading), reading, began)
        was, is_now = comparable(entry), comparable(fresh)
        if was != is_now and not self._has_turned(entry, reading.since):
            difference = next((pair for pair in zip(was, is_now, strict=False) if pair[0] != pair[1]), None)
            raise StalePage(
                f"{environ['PATH_INFO']} was kept and is out of date: {difference!r:.2000} "
                f"It had read {sorted(entry.topics)}."
            )

    def _has_turned(self, entry: CachedPage, since: int) -> bool:
        """Tell if the page changed while it was made once more, by another write or by expiry."""
        self.watch.catch_up()
        return not entry.is_fresh(clock.now()) or self.store.changed_since(entry.topics, since)


def _key_of_page(key: str, environ: "WSGIEnvironment", parameters: Collection[str]) -> str:
    """Return the key with the parameters that the page reads; others would only store duplicates."""
    stem = key.partition("?")[0]
    return f"{stem}?{normal_query(environ.get('QUERY_STRING') or '', parameters) or ''}"


def _pass_on(
    answer: CapturedResponse,
    reading: PageDependencies,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    how: str,
) -> Iterable[bytes]:
    """Send an uncacheable response."""
    for follower in reading.followers:
        follower(environ)
    permission = permission_for(environ) if is_for_everybody(answer) else []
    start_response(answer.status, [*answer.headers, ("X-Cache", how), *permission])
    return () if environ["REQUEST_METHOD"] == "HEAD" else (answer.body,)


def is_keepable(answer: CapturedResponse, reading: PageDependencies) -> bool:
    """Tell if the response is for everybody, and its dependencies are known."""
    return int(answer.status[:3]) in STORED and bool(reading.topics) and is_for_everybody(answer)


def is_for_everybody(answer: CapturedResponse) -> bool:
    """Tell if the response may be shared: it is a success, a redirect, or a definite 404 or 410."""
    return (
        int(answer.status[:3]) in FOR_OTHERS
        and answer.header("set-cookie") is None
        and not {"no-store", "private"}
        & set((answer.header("cache-control") or "").replace(",", " ").split())
    )


def comparable(entry: CachedPage) -> list[str]:
    """Return the visible lines of an entry; Last-Modified is left out, because its rounding depends on the time."""
    variant = entry.variants[""]
    headers = [f"{name}: {value}" for name, value in variant.headers if name.lower() != "last-modified"]
    return [entry.status, *headers, *variant.body.decode("utf-8", "replace").splitlines()]
