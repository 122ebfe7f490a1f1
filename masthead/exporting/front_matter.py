"""Writes front matter and data files as YAML, with the same bytes for the same values."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml

from masthead.text import generator_tags

FENCE = "---\n"
#: Wider than any line, so that no line is folded.
WIDTH = 1_000_000


class _Dumper(yaml.SafeDumper):
    """Writes no anchors, which some readers refuse."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _moment(dumper: yaml.SafeDumper, value: datetime) -> yaml.ScalarNode:
    # Whole seconds, because other programs read no fractions.
    return dumper.represent_scalar(
        "tag:yaml.org,2002:timestamp", value.astimezone(UTC).isoformat(timespec="seconds")
    )


_Dumper.add_representer(datetime, _moment)


def dump(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Write a value as YAML, with keys in the given order."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False
    )
    return text


def document(fields: Mapping[str, Any], body: str) -> str:
    """A text with front matter; empty fields are left out. Template tags in the text are escaped for generators.

    The body has exactly one line break before and after it, because readers differ in how they treat more.
    """
    plain = body.replace("\r\n", "\n").replace("\r", "\n")
    given = {name: value for name, value in fields.items() if value not in (None, "", [], False)}
    if generator_tags.has_tags(plain):
        given |= generator_tags.LEFT_ALONE
    return f"{FENCE}{dump(given)}{FENCE}\n{generator_tags.guarded(plain.strip(chr(10)))}\n"
