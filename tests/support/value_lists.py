"""Long lists of values, which run whole on one of the two databases."""

import os
from collections.abc import Iterator, Sequence

import pytest

from tests.support.databases import KINDS

#: A test with more values than these runs two of them on SQLite, and all on PostgreSQL.
LONG_LIST = 6
#: Folders of tests about the databases, which differ there.
BETWEEN_DATABASES = frozenset({"db", "search", "pagecache", "reliability"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what SQLite answers like PostgreSQL; ALL_VALUES=1 runs every value on both."""
    if os.environ.get("ALL_VALUES", "") not in {"", "0"}:
        return
    left_out = set(values_for_one_database(items))
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def values_for_one_database(items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield, of each test with a long list of values, those that PostgreSQL alone gets.

    PostgreSQL is the stricter one; SQLite gets two of them, in the order of the run. Tests of the databases themselves,
    and those that name their databases, run whole.
    """
    lists: dict[tuple[str, object], list[pytest.Item]] = {}
    for item in items:
        callspec = getattr(item, "callspec", None)
        is_exempt = BETWEEN_DATABASES.intersection(item.path.parts) or item.get_closest_marker("databases")
        if callspec is not None and not is_exempt:
            key = (item.nodeid.partition("[")[0], callspec.params.get("database"))
            lists.setdefault(key, []).append(item)
    sqlite, postgresql = KINDS
    for (name, kind), values in lists.items():
        if kind == sqlite and len(values) > LONG_LIST and (name, postgresql) in lists:
            yield from values[1:-1]
