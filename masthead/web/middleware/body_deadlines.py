"""The thread of a process that ends the waiting for bodies which come too slowly.

It also knows which other requests are in hand, since the connection of a body that is late is recognised by being none
of theirs.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from masthead.web.middleware.body_places import BodyArrival
from masthead.web.middleware.proxies import PEER

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: How often bodies are looked at.
LOOK_SECONDS: Final = 0.25
#: Requests that were answered last, and how long their answers may be on their way.
REMEMBERED: Final = 1_000
LEAVING_SECONDS: Final = 1.0
#: Ends the reading side of a request's connection: the request, when it began, and when others of its address came.
#: The address of a connection that waits for its answer, and when its request was whole.
Work = tuple[str, float]
Stop = Callable[["WSGIEnvironment", float, Collection[float]], None]


class BodyDeadlines:
    """The bodies that arrive at present, and the requests that are worked on."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._lock = threading.Lock()
        self._arrivals: dict[BodyArrival, WSGIEnvironment] = {}
        self._working: dict[int, Work] = {}
        self._answered: deque[tuple[str, float, float]] = deque(maxlen=REMEMBERED)
        self._thread: threading.Thread | None = None
        self._process = os.getpid()

    def begin_work(self, environ: "WSGIEnvironment") -> Work:
        """Note that a request is whole and is worked on."""
        work = (environ.get(PEER, ""), time.monotonic())
        self._working[id(work)] = work
        return work

    def end_work(self, work: Work) -> None:
        """Note that it is answered; the answer may take a moment to leave."""
        del self._working[id(work)]
        self._answered.append((*work, time.monotonic()))

    @contextmanager
    def watching(self, environ: "WSGIEnvironment", arrival: BodyArrival) -> Iterator[None]:
        """Cut the body in this block if it is late."""
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

    def _others(self, peer: str, arrivals: "list[tuple[BodyArrival, WSGIEnvironment]]") -> Collection[float]:
        """The moments at which requests of an address came that must not be disturbed."""
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
