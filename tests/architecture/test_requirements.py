"""Every requirement of what is built so far names tests, and they exist."""

import ast
import re

import pytest

from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "requirements.md"
REQUIRED = range(1, 52)
ROW = re.compile(r"^\| R(\d+) \|[^|]*\|(.*)\|$", re.MULTILINE)


def rows() -> dict[int, list[str]]:
    """The tests that each row names."""
    return {
        int(number): re.findall(r"`([^`]+)`", cell)
        for number, cell in ROW.findall(PAGE.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("number", REQUIRED)
def test_the_requirement_names_a_test(number: int) -> None:
    assert rows().get(number), f"R{number} names no test in docs/requirements.md."


@pytest.mark.parametrize("name", sorted({name for names in rows().values() for name in names}))
def test_the_named_test_exists(name: str) -> None:
    path, _, function = name.partition("::")
    assert (ROOT / path).is_file(), f"{path} does not exist."
    defined = {
        node.name
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert function in defined, f"{path} has no {function}()."
