"""Slots for arriving bodies: a limited number in total and for each address, each with a deadline.

A client that has sent nothing for a second loses its slot as soon as another request needs it, so silent connections
hold nobody up, not even those that share their address.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

#: Bodies of one process that may arrive at the same time, in total and from one address.
PLACES: Final = 128
PLACES_OF_ADDRESS: Final = 32
#: Requests that may wait for a slot at the same time, and seconds for which each may wait.
WAITING: Final = 100
WAITING_OF_ADDRESS: Final = 50
WAIT_SECONDS: Final = 5.0
#: Seconds without data after which a body may lose its slot.
STALLED_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.1
#: Seconds in total for a body that is discarded: its sender gets the same answer sooner or later.
DISCARD_SECONDS: Final = 30.0


@dataclass(eq=False)
class IncomingBody:
    """A body that is arriving."""

    address: str
    #: Seconds allowed without a chunk, and the minimum rate in bytes per second after as many seconds.
    seconds: float
    least_rate: float
    #: Seconds allowed in total; None is no limit.
    total_seconds: float | None = None
    began: float = field(default_factory=time.monotonic)
    grew: float = field(default_factory=time.monotonic)
    #: Time of the last chunk; the request may have waited for its slot since then.
    heard: float = field(default_factory=time.monotonic)
    received: int = 0
    #: True once the wait for the rest has been aborted.
    is_cut: bool = False

    def note(self, size: int) -> None:
        """Record the arrival of a chunk."""
        self.received += size
        self.grew = self.heard = time.monotonic()

    @property
    def is_discarded(self) -> bool:
        """Tell if the body is read to its end and forgotten."""
        return self.total_seconds is not None

    @property
    def is_late(self) -> bool:
        """Tell if the body arrives too slowly."""
        deadline = min(self.grew + self.seconds, self.began + self.seconds + self.received / self.least_rate)
        if self.total_seconds is not None:
            deadline = min(deadline, self.began + self.total_seconds)
        return time.monotonic() >= deadline


class BodySlots:
    """The slots of one process."""

    def __init__(
        self,
        *,
        seconds: float,
        least_rate: float,
        places: int = PLACES,
        of_address: int = PLACES_OF_ADDRESS,
        wait_seconds: float = WAIT_SECONDS,
        stalled_seconds: float = STALLED_SECONDS,
        discard_seconds: float = DISCARD_SECONDS,
    ) -> None:
        self._seconds, self._least_rate = seconds, least_rate
        self._places, self._of_address = places, of_address
        self._wait_seconds, self._stalled_seconds = wait_seconds, stalled_seconds
        self._discard_seconds = discard_seconds
        self._arrivals: list[IncomingBody] = []
        self._waiting: Counter[str] = Counter()
        self._change = threading.Condition()

    def take(self, address: str, *, is_discarded: bool = False) -> IncomingBody | None:
        """Acquire a slot for a body from this address, at once or after a short wait; None if none is available."""
        until = time.monotonic() + self._wait_seconds
        with self._change:
            if self._makes_room(address):
                return self._enter(address, is_discarded)
            if self._waiting.total() >= WAITING or self._waiting[address] >= WAITING_OF_ADDRESS:
                return None
            self._waiting[address] += 1
            try:
                while time.monotonic() < until:
                    self._change.wait(LOOK_SECONDS)
                    if self._makes_room(address):
                        return self._enter(address, is_discarded)
            finally:
                self._waiting[address] -= 1
                self._waiting += Counter()
        return None

    def leave(self, arrival: IncomingBody) -> None:
        """Release the slot, unless it was taken away."""
        with self._change:
            if arrival in self._arrivals:
                self._arrivals.remove(arrival)
                self._change.notify_all()

    def _enter(self, address: str, is_discarded: bool) -> IncomingBody:
        total = self._discard_seconds if is_discarded else None
        arrival = IncomingBody(address, self._seconds, self._least_rate, total)
        self._arrivals.append(arrival)
        return arrival

    def _makes_room(self, address: str) -> bool:
        """Tell if a slot is available, if necessary by evicting a client that is silent or sends in vain."""
        held = Counter(arrival.address for arrival in self._arrivals)
        if held[address] >= self._of_address:
            return self._evict({address})
        if len(self._arrivals) >= self._places:
            # The addresses with the most slots lose one first.
            most = max(held.values())
            return self._evict({holder for holder, count in held.items() if count == most})
        return True

    def _evict(self, addresses: set[str]) -> bool:
        silent_since = time.monotonic() - self._stalled_seconds
        stalled = [
            arrival
            for arrival in self._arrivals
            if arrival.address in addresses and (arrival.is_discarded or arrival.grew <= silent_since)
        ]
        if not stalled:
            return False
        oldest = min(stalled, key=lambda arrival: (not arrival.is_discarded, arrival.grew))
        oldest.is_cut = True
        self._arrivals.remove(oldest)
        return True
