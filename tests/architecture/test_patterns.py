"""Regular expressions mean the same in every release of Python that Masthead runs on."""

import importlib
import re
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined] # their only reader beside the compiler

import pytest

from tests.architecture.source import modules

#: Made for a process of their own: importing them makes an application, and its home folder.
NOT_FOR_IMPORT = frozenset({"masthead.wsgi", "masthead.worker", "masthead.__main__"})
#: What a possessive repeat may hold: one character. Python 3.11.0 to 3.11.4 match others wrongly
#: (https://github.com/python/cpython/issues/106052); an atomic group, ``(?>…)``, says the same.
SINGLE = frozenset(
    {_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY, _constants.CATEGORY}
)


def patterns() -> Iterator[tuple[str, "re.Pattern[str]"]]:
    for module in modules():
        if module.name in NOT_FOR_IMPORT or ".migrations." in module.name:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value


def repeats_of_more(parsed: object) -> Iterator[object]:
    """The possessive repeats of more than one character, however deep."""
    if isinstance(parsed, _parser.SubPattern):
        for operator, argument in parsed:
            if operator is _constants.POSSESSIVE_REPEAT and not (
                len(argument[2]) == 1 and argument[2][0][0] in SINGLE
            ):
                yield argument
            yield from repeats_of_more(argument)
    elif isinstance(parsed, tuple | list):
        for part in parsed:
            yield from repeats_of_more(part)


def test_no_pattern_repeats_a_group_possessively() -> None:
    found = [
        name
        for name, pattern in patterns()
        if list(repeats_of_more(_parser.parse(pattern.pattern, pattern.flags)))
    ]
    assert found == []


@pytest.mark.parametrize("pattern", ["(?:ab)*+", "(x(?:a|bc){1,5}+)", "(?>(?:a|bc)++)"])
def test_such_patterns_are_found(pattern: str) -> None:
    assert list(repeats_of_more(_parser.parse(pattern)))


@pytest.mark.parametrize("pattern", ["[^>]*+", "a++", "(?>(?:a|b)*)"])
def test_others_are_not(pattern: str) -> None:
    assert not list(repeats_of_more(_parser.parse(pattern)))
