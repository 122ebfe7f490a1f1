"""Long lists of values run on PostgreSQL, and two of each on SQLite."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.value_lists import LONG_LIST, values_for_one_database


def items(folder: str, *, count: int, marker: object = None) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            nodeid=f"tests/{folder}/test_a.py::test_b[{kind}-{number}]",
            path=Path("/tests", folder, "test_a.py"),
            callspec=SimpleNamespace(params={"database": kind, "value": number}),
            get_closest_marker=lambda _name: marker,
        )
        for kind in ("sqlite", "postgresql")
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("folder", "count", "marker", "left"),
    [
        ("posts", LONG_LIST, None, 0),
        ("posts", LONG_LIST + 1, None, LONG_LIST - 1),
        ("search", 30, None, 0),
        ("posts", 30, pytest.mark.databases("sqlite", "postgresql"), 0),
    ],
)
def test_sqlite_gets_two_values_of_a_long_list(folder, count, marker, left):
    left_out = list(values_for_one_database(items(folder, count=count, marker=marker)))
    assert [item.callspec.params for item in left_out] == [
        {"database": "sqlite", "value": number} for number in range(1, left + 1)
    ]
