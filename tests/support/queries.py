"""Query budgets: `with queries.exactly(4):` fails with the statements that were run, if they were not four.

The failure says where each statement comes from, and marks those of files that this branch changes.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Engine, event

from masthead.pagecache.dependencies import OF_THE_CACHE
from tests.support.databases import Database

#: How transactions and connections are kept, not what a page asks the database.
NOT_COUNTED = frozenset({"BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"})
PARAMETER_CHARACTERS = 200
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "masthead"
#: They run the statements of others.
PLUMBING = (PACKAGE / "db", PACKAGE / "pagecache", PACKAGE / "web")
ADVICE = "docs/adding-a-feature.md, section “The query budget”, says what to do."


@dataclass
class Recording:
    """The statements that were run while it was on."""

    statements: list[str] = field(default_factory=list)
    #: The SQL of each statement, and the line of Masthead that ran it.
    sql: list[str] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)

    def explained(self) -> str:
        """The statements with their origins: those of changed files marked, and those that repeat counted."""
        changed = _changed_files()
        lines = []
        for number, statement in enumerate(self.statements, start=1):
            origin = self.origins[number - 1]
            mark = "NEW? " if origin.partition(":")[0] in changed else ""
            lines.append(f"  {number}. {mark}{origin}\n     {statement}")
        lines += [
            f"  Runs {times} times, perhaps once for each row: {sql[:PARAMETER_CHARACTERS]}"
            for sql, times in Counter(self.sql).items()
            if times > 1
        ]
        return "\n".join([*lines, ADVICE])

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
                recording.sql.append(" ".join(statement.split()))
                recording.origins.append(_origin())
                recording.statements.append(f"{recording.sql[-1]}  {shown}")

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
            pytest.fail(
                f"{len(recording)} statements instead of {expected}:\n{recording.explained()}", pytrace=False
            )

    @contextmanager
    def at_most(self, limit: int) -> Iterator[Recording]:
        """Fail if the block runs more statements than this."""
        with self.recorded() as recording:
            yield recording
        if len(recording) > limit:
            pytest.fail(
                f"{len(recording)} statements, at most {limit} are allowed:\n{recording.explained()}",
                pytrace=False,
            )


def _origin() -> str:
    """The innermost line of a feature that leads to the present statement, else of any module of Masthead."""
    found = ""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(PACKAGE):
            line = f"{path.relative_to(ROOT)}:{frame.f_lineno} {frame.f_code.co_name}"
            if not any(path.is_relative_to(folder) for folder in PLUMBING):
                return line
            found = found or line
        frame = frame.f_back
    return found or "the test"


def _changed_files() -> frozenset[str]:
    """The files that differ from the branch `main`, new ones included; none where there is no repository."""
    base = _git("merge-base", "HEAD", "main") or ["HEAD"]
    return frozenset(
        [*_git("diff", "--name-only", base[0]), *_git("ls-files", "--others", "--exclude-standard")]
    )


def _git(*arguments: str) -> list[str]:
    command = ["git", "-c", "safe.directory=*", *arguments]
    try:
        finished = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError):
        return []
    return finished.stdout.splitlines()


@pytest.fixture
def queries(database: Database) -> Queries:
    """Counts the SQL statements that the application runs."""
    return Queries(database.engine)
