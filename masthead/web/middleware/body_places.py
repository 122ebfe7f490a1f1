"""Places for requests whose bodies are arriving: so many at a time, so many of one address, and each with a deadline.

Whoever has sent nothing for a second gives a place up as soon as somebody else needs it. So connections that stay silent
hold nobody up, not even those that share their address.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

#: Requests of one process whose bodies arrive at the same time, all together and of one address.
PLACES: Final = 128
PLACES_OF_ADDRESS: Final = 32
#: So many wait for a place at the same time, and so long.
WAITING: Final = 100
WAITING_OF_ADDRESS: Final = 50
WAIT_SECONDS: Final = 5.0
#: A body that has not grown for this long may have to make room.
STALLED_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.1


@dataclass(eq=False)
class BodyArrival:
    """A body that is arriving."""

    address: str
    #: Seconds without a chunk, and the bytes per second that have to come after as many seconds.
    seconds: float
    least_rate: float
    began: float = field(default_factory=time.monotonic)
    grew: float = field(default_factory=time.monotonic)
    #: When something of it came last; the request may have waited for its place since then.
    heard: float = field(default_factory=time.monotonic)
    received: int = 0
    #: Whether nobody waits for the rest of it any more.
    is_cut: bool = False

    def note(self, size: int) -> None:
        """Note that a chunk has come."""
        self.received += size
        self.grew = self.heard = time.monotonic()

    @property
    def is_late(self) -> bool:
        """Whether it comes too slowly."""
        deadline = min(self.grew + self.seconds, self.began + self.seconds + self.received / self.least_rate)
        return time.monotonic() >= deadline


class BodyPlaces:
    """The places of one process."""

    def __init__(
        self,
        *,
        seconds: float,
        least_rate: float,
        places: int = PLACES,
        of_address: int = PLACES_OF_ADDRESS,
        wait_seconds: float = WAIT_SECONDS,
        stalled_seconds: float = STALLED_SECONDS,
    ) -> None:
        self._seconds, self._least_rate = seconds, least_rate
        self._places, self._of_address = places, of_address
        self._wait_seconds, self._stalled_seconds = wait_seconds, stalled_seconds
        self._arrivals: list[BodyArrival] = []
        self._waiting: Counter[str] = Counter()
        self._change = threading.Condition()

    def take(self, address: str) -> BodyArrival | None:
        """A place for a body from this address, at once or after a moment; None if there is none to be had."""
        until = time.monotonic() + self._wait_seconds
        with self._change:
            if self._makes_room(address):
                return self._enter(address)
            if self._waiting.total() >= WAITING or self._waiting[address] >= WAITING_OF_ADDRESS:
                return None
            self._waiting[address] += 1
            try:
                while time.monotonic() < until:
                    self._change.wait(LOOK_SECONDS)
                    if self._makes_room(address):
                        return self._enter(address)
            finally:
                self._waiting[address] -= 1
                self._waiting += Counter()
        return None

    def leave(self, arrival: BodyArrival) -> None:
        """Give the place back, if it was not taken away."""
        with self._change:
            if arrival in self._arrivals:
                self._arrivals.remove(arrival)
                self._change.notify_all()

    def _enter(self, address: str) -> BodyArrival:
        arrival = BodyArrival(address, self._seconds, self._least_rate)
        self._arrivals.append(arrival)
        return arrival

    def _makes_room(self, address: str) -> bool:
        """Whether there is a place, if need be that of somebody who has fallen silent."""
        held = Counter(arrival.address for arrival in self._arrivals)
        if held[address] >= self._of_address:
            return self._evict({address})
        if len(self._arrivals) >= self._places:
            # Those who hold the most give one back first.
            most = max(held.values())
            return self._evict({holder for holder, count in held.items() if count == most})
        return True

    def _evict(self, addresses: set[str]) -> bool:
        silent_since = time.monotonic() - self._stalled_seconds
        stalled = [
            arrival
            for arrival in self._arrivals
            if arrival.address in addresses and arrival.grew <= silent_since
        ]
        if not stalled:
            return False
        oldest = min(stalled, key=lambda arrival: arrival.grew)
        oldest.is_cut = True
        self._arrivals.remove(oldest)
        return True
