"""Names in code are the field's standard terms, and one name has one meaning (docs/glossary.md, "Words of the code")."""

import ast
import re
from collections import defaultdict

from tests.architecture.source import PACKAGE, ROOT, modules

PACKAGE_MODULES = 20
GLOSSARY = ROOT / "docs" / "glossary.md"
HEADING = "## Words of the code"


def banned_words():
    """The private words of the table, which no module, class or function may have in its name."""
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
    assert {"keyring", "typeset", "herald", "waiting_room", "kept_forms"} <= banned_words()


def test_no_name_is_a_private_word():
    banned = banned_words()
    found = [
        place
        for module in modules()
        for name, place in definitions(module)
        if name.lower().strip("_") in banned
    ]
    assert found == []


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
    opening = re.compile(r"(What|Whether|Of|That|The same)\b")
    riddles = [
        f"{module.place(node) if hasattr(node, 'lineno') else module.name}: {text.splitlines()[0]}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if (text := ast.get_docstring(node)) and opening.match(text)
    ]
    assert riddles == []
