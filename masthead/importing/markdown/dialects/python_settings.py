"""Reads settings that are a Python program, without running it."""

import ast
from collections.abc import Iterator
from typing import Any

from masthead.importing.errors import Unreadable
from masthead.importing.reading.fields import Value, without_unstorable


def constants(program: str) -> dict[str, Value]:
    """The constants that a Python program assigns at its top level, found without running it."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise Unreadable("These settings are not Python.", line=line) from None
    found: dict[str, Value] = {}
    for statement in tree.body:
        if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1):
            continue
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            try:
                found[target.id] = without_unstorable(_plain(ast.literal_eval(statement.value)))
            except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                continue
    return found


def computed_names(program: str) -> Iterator[str]:
    """The names that a program assigns at its top level to something that is not a constant."""
    bound = {
        target.id
        for statement in ast.parse(program).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    yield from sorted(bound - constants(program).keys())


def _plain(value: Any) -> Value:
    match value:
        case tuple() | list() | set():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case str() | int() | float() | bool():
            return value
        case _:
            return None
