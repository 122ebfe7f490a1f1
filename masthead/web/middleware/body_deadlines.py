"""The thread that ends the wait for request bodies which arrive too slowly.

It also tracks the requests in progress: the connection of a late body is found by excluding theirs.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from masthead.web.middleware.body_slots import IncomingBody
from masthead.web.middleware.proxies import PEER

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Seconds between two checks.
LOOK_SECONDS: Final = 0.25
#: Number of recently answered requests that are remembered, and seconds for which a response may still be in transit.
REMEMBERED: Final = 1_000
LEAVING_SECONDS: Final = 1.0
#: The client of a connection that waits for its response, and the time at which its request was complete.
Work = tuple[str, float]
#: Shuts down reading on a connection: WSGI environment, start of the request, arrival times of others from its address.
Stop = Callable[["WSGIEnvironment", float, Collection[float]], None]


class BodyDeadlines:
    """The bodies that are arriving, and the requests in progress."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._lock = threading.Lock()
        self._arrivals: dict[IncomingBody, WSGIEnvironment] = {}
        self._working: dict[int, Work] = {}
        self._answered: deque[tuple[str, float, float]] = deque(maxlen=REMEMBERED)
        self._thread: threading.Thread | None = None
        self._process = os.getpid()

    def begin_work(self, environ: "WSGIEnvironment") -> Work:
        """Register a request whose body is complete."""
        work = (environ.get(PEER, ""), time.monotonic())
        self._working[id(work)] = work
        return work

    def end_work(self, work: Work) -> None:
        """Unregister an answered request; its response may still be in transit."""
        del self._working[id(work)]
        self._answered.append((*work, time.monotonic()))

    @contextmanager
    def watching(self, environ: "WSGIEnvironment", arrival: IncomingBody) -> Iterator[None]:
        """Abort the body in this block if it is late."""
        with self._lock:
            self._arrivals[arrival] = environ
            self._begin()
        try:
            yield
        finally:
            with self._lock:
                del self._arrivals[arrival]

    def _begin(self) -> None:
        """Start the thread; a fork has to start its own."""
        if self._thread is None or self._process != os.getpid() or not self._thread.is_alive():
            self._process = os.getpid()
            self._thread = threading.Thread(target=self._look_on, name="body deadlines", daemon=True)
            self._thread.start()

    def _look_on(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            with self._lock:
                if not self._arrivals:
                    self._thread = None
                    return
                arrivals = list(self._arrivals.items())
            for arrival, environ in arrivals:
                arrival.is_cut = arrival.is_cut or arrival.is_late
                if arrival.is_cut:
                    self._stop(environ, arrival.began, self._others(environ.get(PEER, ""), arrivals))

    def _others(self, peer: str, arrivals: "list[tuple[IncomingBody, WSGIEnvironment]]") -> Collection[float]:
        """List the arrival times of requests from an address whose connections must be left alone."""
        working = [moment for address, moment in list(self._working.values()) if address == peer]
        since = time.monotonic() - LEAVING_SECONDS
        answered = [
            moment for address, moment, end in list(self._answered) if address == peer and end >= since
        ]
        return (
            working
            + answered
            + [
                arrival.heard
                for arrival, environ in arrivals
                if not arrival.is_cut and environ.get(PEER, "") == peer
            ]
        )
