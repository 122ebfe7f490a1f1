"""Front matter and data files in YAML, always with the same bytes for the same values."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml

from masthead.text import generator_tags

FENCE = "---\n"
#: Longer than any line, so that none is folded.
WIDTH = 1_000_000


class _Dumper(yaml.SafeDumper):
    """Without anchors, which other readers refuse."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _moment(dumper: yaml.SafeDumper, value: datetime) -> yaml.ScalarNode:
    # Whole seconds: other programs read no more.
    return dumper.represent_scalar(
        "tag:yaml.org,2002:timestamp", value.astimezone(UTC).isoformat(timespec="seconds")
    )


_Dumper.add_representer(datetime, _moment)


def dump(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """The value in YAML, its keys in the given order."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False
    )
    return text


def document(fields: Mapping[str, Any], body: str) -> str:
    """A text with its fields in front; those without a value are left out. Generators run no part of the text.

    Around the text stands one line break each, whatever it had: what reads the file may or may not count those.
    """
    plain = body.replace("\r\n", "\n").replace("\r", "\n")
    given = {name: value for name, value in fields.items() if value not in (None, "", [], False)}
    if generator_tags.has_tags(plain):
        given |= generator_tags.LEFT_ALONE
    return f"{FENCE}{dump(given)}{FENCE}\n{generator_tags.guarded(plain.strip(chr(10)))}\n"
