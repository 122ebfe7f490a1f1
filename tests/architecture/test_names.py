"""Names in code are the field's standard terms, and one name has one meaning (docs/glossary.md, "Words of the code")."""

import ast
import re
from collections import defaultdict

import pytest

from tests.architecture.source import PACKAGE, ROOT, Module, modules

PACKAGE_MODULES = 20
GLOSSARY = ROOT / "docs" / "glossary.md"
HEADING = "## Words of the code"
#: Words of an earlier structure. Blueprints of pages have the names of their packages.
FORMER_BLUEPRINTS = {"accounts", "assistance", "factors", "privacy", "closing_admin", "accounts_admin"}
#: Folders beside the package whose docstrings are read like its own.
TOOLS = ("tests/support", "tests/factories", "bench", "scripts")


def banned_words():
    """The private words of the table, which no module, class or function may have for its name."""
    return {word.strip("*").lower() for word in _banned()}


def banned_parts():
    """Those in italics, which may not even be a part of one."""
    return {word.strip("*").lower() for word in _banned() if word.startswith("*")}


def _banned():
    table = GLOSSARY.read_text().partition(HEADING)[2]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("|")]
    return {word.strip().strip("`") for row in rows[2:] for word in row[2].split(",") if word.strip()}


def words_of(name):
    """The words of ``snake_case`` and ``CamelCase`` names."""
    return re.findall(r"[a-z]+|[A-Z]+(?![a-z])", re.sub(r"([A-Z][a-z]+)", r" \1", name).lower())


def definitions(module):
    yield module.name.rpartition(".")[2], module.name
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, f"{module.place(node)} {node.name}"


def test_the_glossary_bans_words():
    assert {"keyring", "typeset", "herald", "waiting_room", "kept_forms", "shelf"} <= banned_words()
    assert {"shelf", "wish", "deed"} <= banned_parts()


def test_no_name_is_a_private_word():
    banned, parts = banned_words(), banned_parts()
    found = [
        place
        for module in modules()
        for name, place in definitions(module)
        if name.lower().strip("_") in banned or parts & set(words_of(name))
    ]
    assert found == []


@pytest.mark.databases("sqlite")
def test_blueprints_have_no_private_word_for_a_name(app):
    assert app.blueprints.keys() & FORMER_BLUEPRINTS == set()


def test_a_class_name_has_one_meaning():
    places = defaultdict(set)
    for module in modules():
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(module.name)
    assert {name: sorted(found) for name, found in places.items() if len(found) > 1} == {}


def test_a_large_package_has_folders():
    crowded = [
        str(folder.relative_to(ROOT))
        for folder in PACKAGE.rglob("*/")
        if folder.name != "versions"
        and len([*folder.glob("*.py")]) > PACKAGE_MODULES
        and not [*folder.glob("*/__init__.py")]
    ]
    assert crowded == []


def test_no_docstring_is_a_riddle():
    tools = [Module(path) for folder in TOOLS for path in (ROOT / folder).rglob("*.py")]
    opening = re.compile(r"(What|Whether|Of|That|The same)\b")
    riddles = [
        f"{module.place(node) if hasattr(node, 'lineno') else module.name}: {text.splitlines()[0]}"
        for module in (*modules(), *tools)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if (text := ast.get_docstring(node)) and opening.match(text)
    ]
    assert riddles == []
