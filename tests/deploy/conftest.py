"""Processes that these tests start are not measured: other tests cover what they run, and a tracer doubles their time."""

import pytest


@pytest.fixture(autouse=True)
def _unmeasured_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
