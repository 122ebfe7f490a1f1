"""Costs of hostile input, for people to look at: each test that measures one records it, and the end of the run prints all.

The processes of pytest-xdist hand them over with their reports.
"""

from collections.abc import Callable

import pytest

COST = "cost of hostile input"
Record = Callable[[str, int, float, float, int], None]


@pytest.fixture
def record_cost(request: pytest.FixtureRequest) -> Record:
    """`record_cost(shape, bytes sent, seconds, megabytes, bytes answered)`."""

    def record(shape: str, sent: int, seconds: float, megabytes: float, answered: int) -> None:
        line = f"{shape:45.45} {sent:9,} {seconds:8.2f} s {megabytes:7.1f} MB {answered:10,}"
        request.node.user_properties.append((COST, line))

    return record


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = sorted({value for report in reports for name, value in report.user_properties if name == COST})
    if len(lines) > 1:
        terminalreporter.section(f"{len(lines)} hostile shapes of a megabyte")
        terminalreporter.write_line(
            f"{'shape':45} {'bytes':>9} {'processor':>10} {'memory':>10} {'answered':>10}"
        )
        for line in lines:
            terminalreporter.write_line(line)
