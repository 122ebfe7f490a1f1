"""Query budgets: `with queries.exactly(4):` fails with the statements that were run, if they were not four."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, event

from masthead.pagecache.dependencies import OF_THE_CACHE
from tests.support.databases import Database

#: How transactions and connections are kept, not what a page asks the database.
NOT_COUNTED = frozenset({"BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"})
PARAMETER_CHARACTERS = 200


@dataclass
class Recording:
    """The statements that were run while it was on."""

    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(
            f"  {number}. {statement}" for number, statement in enumerate(self.statements, start=1)
        )


class Queries:
    """Counts the SQL statements of an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def recorded(self) -> Iterator[Recording]:
        """Record the statements of the block."""
        recording = Recording()

        def listen(
            _connection: Any, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool
        ) -> None:
            # What the page cache asks once after a change, on behalf of all pages, is not the page's.
            if context is not None and context.execution_options.get(OF_THE_CACHE):
                return
            if statement.split(maxsplit=1)[0].upper() not in NOT_COUNTED:
                shown = str(parameters)[:PARAMETER_CHARACTERS]
                recording.statements.append(f"{' '.join(statement.split())}  {shown}")

        event.listen(self._engine, "before_cursor_execute", listen)
        try:
            yield recording
        finally:
            event.remove(self._engine, "before_cursor_execute", listen)

    @contextmanager
    def exactly(self, expected: int) -> Iterator[Recording]:
        """Fail unless the block runs this many statements."""
        with self.recorded() as recording:
            yield recording
        if len(recording) != expected:
            pytest.fail(f"{len(recording)} statements instead of {expected}:\n{recording}", pytrace=False)

    @contextmanager
    def at_most(self, limit: int) -> Iterator[Recording]:
        """Fail if the block runs more statements than this."""
        with self.recorded() as recording:
            yield recording
        if len(recording) > limit:
            pytest.fail(
                f"{len(recording)} statements, at most {limit} are allowed:\n{recording}", pytrace=False
            )


@pytest.fixture
def queries(database: Database) -> Queries:
    """Counts the SQL statements that the application runs."""
    return Queries(database.engine)
