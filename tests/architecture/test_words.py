"""The interface uses the words of docs/glossary.md, and none of those that they replaced."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
TEMPLATES = sorted((ROOT / "masthead" / "templates").rglob("*.*"))
#: Modules whose strings people read. Elsewhere a string may be an address, a name or SQL.
WORDED = (
    "forms",
    "messages",
    "labels",
    "permissions",
    "navigation",
    "schemas",
    "action_labels",
    "content_policy",
    "groups",
    "fields",
)
#: Calls whose arguments people read wherever they stand.
SAID = ("flash", "operation", "refuse", "Invalid", "Conflict", "NotAllowed", "NotFound", "ValidationError")


def replaced() -> list[str]:
    """The phrases of the column "Not"."""
    interface, _, _ = GLOSSARY.read_text().partition("## Words of the code")
    rows = [line.split("|")[3] for line in interface.splitlines() if line.startswith("|")]
    cells = [cell.strip() for cell in rows if cell.strip() not in ("Not", "---", "")]
    return [phrase.strip() for cell in cells for phrase in cell.split(";")]


def pattern(phrases: list[str]) -> re.Pattern[str]:
    """One expression for all phrases, which begin and end at the ends of words."""
    ends = {True: r"\b", False: ""}
    whole = [ends[one[0].isalnum()] + re.escape(one) + ends[one[-1].isalnum()] for one in phrases]
    return re.compile("|".join(whole), re.IGNORECASE)


REPLACED = pattern(replaced())


def shown(template: str) -> str:
    """The text of a template without comments, names of classes and ids, and what Jinja computes from names."""
    text = re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)
    text = re.sub(
        r"\b(class|id|href|name|for|action|formaction|data-[a-z]+|aria-[a-z]+by)=\"[^\"]*\"", "", text
    )

    # Of expressions only their strings are words; those that look like names are none.
    def words(found: re.Match[str]) -> str:
        strings = re.findall(r"'([^'\\]*)'|\"([^\"\\]*)\"", found[0])
        return " ".join(
            one or other for one, other in strings if " " in (one or other) or (one or other)[:1].isupper()
        )

    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", words, text, flags=re.DOTALL)


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the nodes that are docstrings."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }


def strings(node: ast.AST, skipped: set[int]) -> Iterator[str]:
    """Every string below a node that is no docstring and no bare name."""
    for found in ast.walk(node):
        value = found.value if isinstance(found, ast.Constant) else None
        if isinstance(value, str) and id(found) not in skipped and (" " in value or value[:1].isupper()):
            yield value


def said(path: Path) -> Iterator[str]:
    """The strings of a module that people read."""
    tree = ast.parse(path.read_text())
    skipped = docstrings(tree)
    if path.stem in WORDED or path.stem.endswith(("_forms", "_schemas", "_labels")):
        yield from strings(tree, skipped)
        return
    for node in ast.walk(tree):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name in SAID:
            yield from strings(node, skipped)
        # Sentences that a module keeps in a constant, such as ``WRONG_PASSWORD``.
        if isinstance(node, ast.Assign) and all(
            isinstance(one, ast.Name) and one.id.isupper() for one in node.targets
        ):
            yield from (
                text
                for text in strings(node.value, skipped)
                if re.match(r"[A-Z].* ", text) and "SELECT" not in text
            )


def test_the_glossary_lists_what_was_replaced():
    phrases = replaced()
    assert len(phrases) > 60
    assert {"Standfirst", "second factor", "Rank", "vouch"} <= set(phrases)


@pytest.mark.parametrize(
    "text",
    [
        "<h1>The second factor</h1>",
        "{{ 'Make the tag' if new else 'x' }}",
        '<button aria-label="Tick the box">',
        "<p>Rank</p>",
    ],
)
def test_the_search_finds_a_replaced_word(text):
    assert REPLACED.search(shown(text))


@pytest.mark.parametrize(
    "text",
    ['<p class="standfirst">{{ post.standfirst }}</p>', "{# The desk #}", "{{ url_for('posts_desk.edit') }}"],
)
def test_the_search_leaves_names_alone(text):
    assert not REPLACED.search(shown(text))


def test_no_template_uses_a_replaced_word():
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in TEMPLATES
        for match in REPLACED.finditer(shown(path.read_text()))
    }
    assert sorted(found) == []


def test_no_label_or_message_uses_a_replaced_word():
    modules = [path for path in (ROOT / "masthead").rglob("*.py") if "migrations" not in path.parts]
    found = {
        f"{path.relative_to(ROOT)}: {match[0]} in {text!r}"
        for path in modules
        for text in said(path)
        for match in REPLACED.finditer(text)
    }
    assert sorted(found) == []
