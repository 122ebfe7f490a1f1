"""Sizes and names (CONVENTIONS: Naming)."""

import ast
import re

from tests.architecture.source import PACKAGE, ROOT, Function, modules

MODULE_LINES = 400
FUNCTION_LINES = 40
FACTORY_LINES = 50
FORBIDDEN_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager", "handler", "handlers"}
)
FORBIDDEN_CLASSES = re.compile(r"\w(Service|Impl|Manager|Helper)$")
#: The only modules that hand on names of others: what a package says it offers.
#: `jobs.enqueue(…)`, `@jobs.task(…)`, `audit.record(…)` and `pagecache.invalidate(…)` read better than their modules' names.
RE_EXPORTING = frozenset(
    {"masthead.audit", "masthead.config", "masthead.db", "masthead.jobs", "masthead.pagecache"}
)


def lines_of(function: Function) -> int:
    """How long it is; of a text that goes over several lines, the first one counts."""
    texts = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.JoinedStr | ast.Constant) and is_text(node)
    ]
    inside = {line for text in texts for line in range(text.lineno + 1, (text.end_lineno or 0) + 1)}
    return (function.end_lineno or 0) - function.lineno + 1 - len(inside)


def is_text(node: ast.JoinedStr | ast.Constant) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(node.value, str)


def test_modules_are_short() -> None:
    lengths = {module.name: len(module.text.splitlines()) for module in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_functions_are_short() -> None:
    too_long = [
        f"{module.place(function)} {function.name}: {lines} lines"
        for module in modules()
        for function in module.functions()
        if (lines := lines_of(function))
        > (FACTORY_LINES if function.name == "create_app" else FUNCTION_LINES)
    ]
    assert too_long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [module.name for module in modules() if FORBIDDEN_NAMES & set(module.name.split("."))]
    assert named == []


def test_no_class_is_called_after_a_pattern() -> None:
    named = [
        f"{module.place(node)} {node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and FORBIDDEN_CLASSES.search(node.name)
    ]
    assert named == []


def test_every_module_says_what_it_owns() -> None:
    assert [module.name for module in modules() if not ast.get_docstring(module.tree)] == []


def test_only_the_database_package_hands_names_on() -> None:
    packages = [module for module in modules() if module.path.name == "__init__.py"]
    handing_on = {
        module.name
        for module in packages
        if any(
            isinstance(node, ast.ImportFrom) and (node.module or "").startswith("masthead")
            for node in module.tree.body
        )
    }
    assert handing_on <= RE_EXPORTING


def test_no_note_to_oneself_is_left() -> None:
    marker = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b")
    left = [
        f"{module.path.relative_to(ROOT)}:{number}"
        for module in modules()
        for number, line in enumerate(module.text.splitlines(), start=1)
        if marker.search(line)
    ]
    assert left == []


def test_every_package_is_named_on_the_map() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
    assert [name for name in packages if f"`{name}`" not in page] == []
