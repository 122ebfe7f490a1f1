"""Secrets are compared in constant time, or looked up by their hash (security.md row 26)."""

import ast
import re

from tests.architecture.source import PACKAGE, Module

SECRET = re.compile(r"(secret|token|hash|digest|proof|signature|password|otp|mac)$")

#: Hashes of files, which every answer shows as its ETag.
NO_SECRETS = {"content_hash", "source_hash"}


def name_of(node: ast.expr) -> str:
    """The word that says what the value is."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return name_of(function)
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def is_column(node: ast.expr) -> bool:
    """Whether it is a column of a model, as in `LoginSession.secret_hash`: the database compares, by an index of hashes."""
    return (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id[:1].isupper()
    )


def suspicious(tree: ast.Module) -> list[int]:
    """The lines on which a secret is compared with ``==`` or ``!=``."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, *node.comparators]
            constant = any(isinstance(side, ast.Constant) for side in sides)
            if (
                not constant
                and not any(map(is_column, sides))
                and any(SECRET.search(name) for name in {*map(name_of, sides)} - NO_SECRETS)
            ):
                found.append(node.lineno)
    return found


def test_no_secret_is_compared_letter_by_letter() -> None:
    lines = {
        str(path.relative_to(PACKAGE)): suspicious(Module(path).tree)
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    assert {path: numbers for path, numbers in lines.items() if numbers} == {}


def test_comparison_of_a_secret_is_found() -> None:
    assert suspicious(ast.parse("if given == self.secret_hash: pass")) == [1]
    assert suspicious(ast.parse("if kept['proof'] != proof(user): pass")) == [1]
    assert suspicious(ast.parse("if media.content_hash == facts.content_hash: pass")) == []
    assert suspicious(ast.parse("if Login.secret_hash == given: pass")) == []
