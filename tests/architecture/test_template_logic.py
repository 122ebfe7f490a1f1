"""Templates show what views pass: no word of the domain is compared in them, and nobody's permissions are asked for."""

import importlib
import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from masthead.people.permissions import DEFAULT_ROLES
from tests.architecture.source import PACKAGE, modules

TEMPLATES = sorted((PACKAGE / "templates").rglob("*.*"))
#: Attributes by which style sheets and scripts know the state of a thing.
STATE_ATTRIBUTE = re.compile(r'\bdata-(?:status|state|kind|role)="(\w+)"')
#: Names that ask what somebody may do, or how the site is configured.
ASKING = re.compile(r"^(?:can|may|has|allows)(?:_\w+)?$")
#: Packages whose words stand on no page: the import's, the shell's and those of plain text.
NOT_SHOWN = frozenset({"importing", "operation", "text"})
FORBIDDEN_NAMES = frozenset({"P", "Permission", "config"})


def name_of(template: Path) -> str:
    return template.relative_to(PACKAGE / "templates").as_posix()


@cache
def domain_words() -> frozenset[str]:
    """Every value of an enumeration, and the names of roles."""
    words = {role.name for role in DEFAULT_ROLES}
    for module in modules():
        if "StrEnum" in module.text and module.name.split(".")[1] not in NOT_SHOWN:
            members = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
            words |= {str(value) for _, found in members if issubclass(found, StrEnum) for value in found}
    return frozenset(words)


def literals(tree: nodes.Template) -> Iterator[nodes.Const]:
    """Strings by which a template decides: compared, keys, items, and arguments. Text that is shown is none."""
    for node in tree.find_all(
        (nodes.Compare, nodes.Pair, nodes.Tuple, nodes.List, nodes.Getitem, nodes.Call)
    ):
        for child in _operands(node):
            if isinstance(child, nodes.Const) and isinstance(child.value, str):
                yield child


def _operands(node: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(node, nodes.Compare):
        yield node.expr
        yield from (operand.expr for operand in node.ops)
    elif isinstance(node, nodes.Pair):
        yield node.key
    elif isinstance(node, nodes.Getitem):
        yield node.arg
    elif isinstance(node, nodes.Call):
        yield from node.args
        yield from (keyword.value for keyword in node.kwargs)
    else:
        yield from node.iter_child_nodes()


def faults(source: str) -> list[str]:
    """The decisions in a template that belong to its view."""
    tree = Environment(autoescape=True).parse(source)
    found = [f"{one.lineno}: {one.value!r}" for one in literals(tree) if one.value in domain_words()]
    for call in tree.find_all(nodes.Call):
        name = getattr(call.node, "name", getattr(call.node, "attr", ""))
        if ASKING.match(name):
            found.append(f"{call.lineno}: {name}(…)")
    found += [f"{one.lineno}: {one.name}" for one in tree.find_all(nodes.Name) if one.name in FORBIDDEN_NAMES]
    for comparison in tree.find_all(nodes.Compare):
        if any(name.name == "current_user" for name in comparison.find_all(nodes.Name)):
            found.append(f"{comparison.lineno}: comparison with current_user")
    for data in tree.find_all(nodes.TemplateData):
        found += [
            f"{data.lineno}: {match[0]}"
            for match in STATE_ATTRIBUTE.finditer(data.data)
            if match[1] in domain_words()
        ]
    return found


@pytest.mark.parametrize(
    "source",
    [
        '{% if post.status == "draft" %}x{% endif %}',
        "{% if state in ('published', 'scheduled') %}x{% endif %}",
        "{{ {'spam': 'Spam'}[status] }}",
        "{{ counts['pending'] }}",
        "{{ counts.get('pending', 0) }}",
        "{{ url_for('posts_admin.index', state='in_review') }}",
        "{% if role.name == 'administrator' %}x{% endif %}",
        "{% if current_user.can(P.WRITE) %}x{% endif %}",
        "{% if may_restore(comment) %}x{% endif %}",
        "{% if user.id != current_user.id %}x{% endif %}",
        "{% if config.REGISTRATION != 'closed' %}x{% endif %}",
        '<p data-status="deleted">x</p>',
    ],
)
def test_a_decision_in_a_template_is_found(source: str) -> None:
    assert faults(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% if post.edit_url %}<a href='{{ post.edit_url }}'>Edit</a>{% endif %}",
        "{{ count }} {{ 'post' if count == 1 else 'posts' }}",
        "<p data-state='{{ post.state.key }}'>{{ post.state.label }}</p>",
        "{{ url_for('posts.index') }}",
    ],
)
def test_showing_what_a_view_passes_is_no_decision(source: str) -> None:
    assert faults(source) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_decides_nothing_of_the_domain(template: Path) -> None:
    assert faults(template.read_text()) == []
