"""What several tests of accounts need."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from masthead import clock


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the application's clock on."""
    moved = timedelta()

    def move(by: timedelta) -> None:
        nonlocal moved
        moved += by

    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + moved)
    return move
