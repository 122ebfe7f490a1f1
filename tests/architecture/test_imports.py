"""Each module can be imported first: none relies on another one having been imported before.

An import fails for its place in the order only where modules import each other in a circle. So the order of imports is
computed from the sources, without an import.
"""

import ast
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.source import modules


def test_no_modules_import_each_other_in_a_circle() -> None:
    trees = {module.name: module.tree for module in modules()}
    try:
        order = tuple(TopologicalSorter(graph(trees)).static_order())
    except CycleError as error:
        raise AssertionError("Imported in a circle: " + " <- ".join(error.args[1])) from None
    assert set(order) >= set(trees)


def test_a_circle_through_a_package_is_found() -> None:
    trees = {
        name: ast.parse(text)
        for name, text in {
            "a": "from b import x",
            "b": "",
            "b.x": "from c import later",
            "c": "def f():\n    import a\nif True:\n    from a import y",
        }.items()
    }
    with pytest.raises(CycleError) as caught:
        TopologicalSorter(graph(trees)).prepare()
    assert set(caught.value.args[1]) >= {"a", "c"}


def graph(trees: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Each module, with those that Python runs before it can be complete."""
    return {name: set(imported_first(name, tree, trees.keys())) for name, tree in trees.items()}


def imported_first(name: str, tree: ast.Module, known: Collection[str]) -> Iterator[str]:
    for target in at_import(tree.body):
        parts = target.split(".")
        for end in range(1, len(parts) + 1):
            package = ".".join(parts[:end])
            # The packages around a module have begun when it begins.
            if package in known and not f"{name}.".startswith(f"{package}."):
                yield package


def at_import(statements: list[ast.stmt]) -> Iterator[str]:
    """Names that are imported when the module is, so not in functions, nor for the type checker alone."""
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            assert statement.module
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)
        elif isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            yield from at_import(statement.orelse)
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (statement, *getattr(statement, "handlers", [])):
                for field in ("body", "orelse", "finalbody"):
                    yield from at_import(getattr(part, field, []))
