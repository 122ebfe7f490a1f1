"""The probes of `tests.support.coverage_probes` report what coverage.py's tracer reports."""

import ast
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec

import pytest

from tests.support import coverage_probes

#: Every statement that branches or leaves, taken and not taken, and places where a name too many would be seen.
PROGRAM = '''"""A docstring."""

from __future__ import annotations

import asyncio
import enum
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields


class Colour(enum.Enum):
    """Members alone."""

    RED = 1
    if RED:
        BLUE = 2


@dataclass
class Pair:
    left: int
    right: int = 2

    @property
    def total(
        self,
    ) -> int:
        if (
            self.left
            and self.right
        ):
            return self.left + self.right
        return 0


def loops(numbers, stop=None):
    """Leaves loops in every way."""
    found = []
    for number in numbers:
        if number == stop:
            break
        try:
            if number % 2:
                continue
        finally:
            found.append(number)
        if number > 4:
            found.append(-number)
    else:
        found.append("all")
    while found:
        if found.pop() == "all":
            continue
    for number in found:
        print(number)


def kinds(value):
    match value:
        case 1:
            return "one"
        case str() | bytes():
            kind = "text"
        case [first, *_] if first:
            kind = "list"
        case _:
            kind = "other"
    match kind:
        case "text":
            kind = "a text"
    return kind


def errors(error):
    try:
        if error:
            raise error
    except (KeyError, ValueError):
        result = "known"
    except OSError as caught:
        result = str(caught)
    except BaseException:
        raise
    else:
        result = ""
    finally:
        if error is None:
            result = "none"
    return result


@contextmanager
def opened():
    yield 1


def inside(flag):
    with opened() as one:
        if flag:
            print(one)
    with opened(), suppress(KeyError):
        for _ in range(2):
            if flag: print("on one line")


async def waits(many):
    count = 0
    while True:
        await asyncio.sleep(0)
        count += 1
        if count > many:
            return count


def counter():
    number = 0

    def step():
        nonlocal number
        number += 1
        if number > 5:
            return None
        return [number for _ in range(2) if number]

    return step


def never(value):
    if value:
        return 1
    elif value is None:
        return 2
    else:
        pass


loops([1, 2, 3])
loops([2, 6], stop=6)
print([kinds(value) for value in (1, "text", [1], [0])])
print(errors(None), errors(KeyError()), errors(OSError("full")))
inside(True)
inside(False)
print(asyncio.run(waits(2)), counter()(), Pair(1).total)
print(list(Colour), [field.name for field in fields(Pair)])
if __debug__:
    del Pair
'''


@pytest.fixture
def report(tmp_path):
    """What coverage.py says of a data file."""

    def read(data: str) -> dict:
        command = ["json", "--quiet", "--fail-under=0", f"--data-file={data}", "-o", "report.json"]
        run_coverage(tmp_path, *command)
        (found,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["files"].values()
        return found

    return read


def run_coverage(folder, *arguments):
    # Without the settings of whoever measures this suite.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    finished = subprocess.run(
        [sys.executable, "-m", "coverage", *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        encoding="utf-8",
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def run_with_probes(path, monkeypatch):
    """Import the program as the tests import Masthead, and write what was seen."""
    monkeypatch.setattr(coverage_probes, "steps_of", type(coverage_probes.steps_of)(dict))
    monkeypatch.setattr(coverage_probes, "PACKAGE", path.parent)
    monkeypatch.setenv("COVERAGE_FILE", str(path.parent / "data"))
    loader = coverage_probes.Loader("program", str(path))
    module = module_from_spec(ModuleSpec("program", loader, origin=str(path)))
    monkeypatch.setitem(sys.modules, "program", module)
    # A browser of another test may have left an event loop to this thread.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(loader.exec_module, module).result()
    coverage_probes.save()
    return f"data.probes.{os.getpid()}"


def test_probes_report_what_the_tracer_reports(tmp_path, report, monkeypatch, capsys):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    printed = run_coverage(tmp_path, "run", "--branch", "--data-file=traced", "program.py")
    traced = report("traced")
    probed = report(run_with_probes(path, monkeypatch))
    assert capsys.readouterr().out == printed.replace("__main__.", "program.")
    for kind in ("executed_lines", "missing_lines", "executed_branches", "missing_branches"):
        assert probed[kind] == traced[kind], kind
    assert traced["missing_branches"], "The program must leave something out, or nothing is compared."


def test_a_line_with_probes_is_where_it_was_in_a_traceback():
    tree = coverage_probes.with_probes(ast.parse("def broken():\n    pass\n    raise KeyError\n"))
    space = {coverage_probes.STEPS: {}}
    exec(compile(tree, "broken.py", "exec"), space)
    with pytest.raises(KeyError) as caught:
        space["broken"]()
    assert caught.traceback[-1].lineno == 2
