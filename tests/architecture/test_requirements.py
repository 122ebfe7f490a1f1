"""Every requirement is worded, says how far it is kept, and names tests that begin at HTTP or at the command line."""

import ast
import re
from functools import cache

import pytest

from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "requirements.md"
REQUIRED = range(1, 52)
ROW = re.compile(
    r"^\| R(?P<number>\d+) \| (?P<system>[^|]+) \| (?P<decision>[^|]+) \| (?P<state>[^|]+) \| (?P<tests>[^|]+) \|$",
    re.MULTILINE,
)
#: Fixtures and calls by which a test does what a browser, a program or an operator does.
DOORS = frozenset(
    {
        *("client", "new_client", "sign_in", "invoke", "masthead", "masthead_on", "start_process"),
        *("live_site", "make_live_site", "page", "nginx", "Guest", "test_client", "test_cli_runner", "Popen"),
        # Of the API's tests: a program without and with a token.
        *("call", "as_"),
    }
)


def rows() -> dict[int, re.Match[str]]:
    """Each row by its number."""
    return {int(row["number"]): row for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}


def named_tests(number: int) -> list[str]:
    """The tests that a row names."""
    return re.findall(r"`([^`]+)`", rows()[number]["tests"])


@cache
def functions_in(path: str) -> dict[str, ast.FunctionDef]:
    """The functions of a test module."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def begins_at_a_door(name: str) -> bool:
    """Whether a test, or a fixture or function of its module that it uses, goes through HTTP or a command."""
    path, _, function = name.partition("::")
    known, seen, waiting = functions_in(path), set(), [function]
    while waiting:
        current = waiting.pop()
        seen.add(current)
        names = {argument.arg for argument in known[current].args.args}
        for node in ast.walk(known[current]):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.Attribute):
                names.add(node.attr)
        if names & DOORS or {"subprocess", "run"} <= names:
            return True
        waiting += [other for other in names & known.keys() if other not in seen]
    return False


@pytest.mark.parametrize("number", REQUIRED)
def test_the_requirement_is_worded_and_says_how_far_it_is_kept(number: int) -> None:
    row = rows()[number]
    assert len(row["system"]) > 5, row["system"]
    assert re.match(r"kept$|kept; |partly: ", row["state"]), row["state"]


@pytest.mark.parametrize("number", REQUIRED)
def test_the_named_tests_exist(number: int) -> None:
    named = named_tests(number)
    assert named, f"R{number} names no test."
    missing = [name for name in named if name.split("::")[1] not in functions_in(name.split("::")[0])]
    assert missing == []


@pytest.mark.parametrize("number", REQUIRED)
def test_a_test_begins_at_http_or_at_the_command_line(number: int) -> None:
    assert any(map(begins_at_a_door, named_tests(number))), f"R{number}: {named_tests(number)}"
