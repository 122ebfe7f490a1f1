"""Many at once: calls that start at the same moment, each in a thread of its own."""

import threading
from collections.abc import Callable

import pytest

SECONDS = 60


@pytest.fixture
def in_parallel() -> Callable[..., list[BaseException]]:
    """Run calls at the same moment (`times` repeats them); what they raised."""

    def run(*calls: Callable[[], object], times: int = 1) -> list[BaseException]:
        together = [call for call in calls for _ in range(times)]
        barrier = threading.Barrier(len(together))
        raised: list[BaseException] = []

        def start(call: Callable[[], object]) -> None:
            barrier.wait(SECONDS)
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test wants to see it
                raised.append(error)

        threads = [threading.Thread(target=start, args=(call,)) for call in together]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        assert not any(thread.is_alive() for thread in threads), "A call did not end."
        return raised

    return run
