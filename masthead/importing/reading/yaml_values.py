"""Parses YAML for front matter: scalars, lists and mappings with line numbers, without tags.

Values are built from the parser's events. Only null is resolved; `No`, `2014-03-12` and `007` stay text, and the reader
of a field decides what it means. The number of aliases is limited and aliases cannot contain themselves, so that no
document can explode (https://en.wikipedia.org/wiki/Billion_laughs_attack).
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from masthead.importing.errors import Unreadable
from masthead.importing.reading.fields import MAX_DEPTH, PlainScalar, Value

#: Twenty aliases can expand a document at most by a factor of about 3^(20/3), or 1,500.
MAX_ALIASES: Final = 20
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_CONTROL: Final = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: libyaml's parser is ten times as fast, if it is installed.
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class ParsedMapping:
    """A mapping, the line of each key, and repeated keys."""

    values: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    repeated: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been parsed yet."""

    value: "list[Value] | dict[str, Value]"
    anchor: str | None
    key: str | None = None
    merged: dict[str, Value] = field(default_factory=dict)


def parse(text: str, *, first_line: int = 1) -> ParsedMapping:
    """Parse a YAML mapping that begins in this line of its file; raises `Unreadable`."""
    builder = _read(text, first_line)
    return builder.result()


def load(text: str) -> Value:
    """Parse a YAML file of any content; raises `Unreadable`."""
    return _read(text, 1).root


def _read(text: str, first_line: int) -> "_Builder":
    builder = _Builder(first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + mark.line if mark else first_line
        raise Unreadable(f"This is not YAML: {error.problem or error.context}.", line=line) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        match = _CONTROL.search(text)
        line = first_line + text.count("\n", 0, match.start() if match else 0)
        raise Unreadable("This is not YAML: it holds a control character.", line=line) from None
    return builder


class _Builder:
    def __init__(self, first_line: int) -> None:
        self._first_line = first_line
        self._parsed = ParsedMapping()
        self._open: list[_Open] = []
        self._anchors: dict[str, Value] = {}
        self._aliases = 0
        self._documents = 0
        self.root: Value = None

    def result(self) -> ParsedMapping:
        if self.root is None:
            return self._parsed
        if not isinstance(self.root, dict):
            raise Unreadable("The front matter is not a list of names and values.", line=self._first_line)
        self._parsed.values = self.root
        return self._parsed

    def take(self, event: yaml.Event) -> None:
        line = self._first_line + (event.start_mark.line if event.start_mark else 0)
        match event:
            case yaml.AliasEvent():
                self._add(self._aliased(event, line), line)
            case yaml.ScalarEvent():
                self._refuse_tag(event, line)
                is_null = event.implicit[0] and event.value in _NULL
                written = PlainScalar(event.value) if event.implicit[0] else event.value
                self._finish(None if is_null else written, event.anchor, line)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._begin(event, line)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                closed = self._open.pop()
                if isinstance(closed.value, dict):
                    closed.value.update({k: v for k, v in closed.merged.items() if k not in closed.value})
                self._finish(closed.value, closed.anchor, line)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise Unreadable("The front matter holds a second YAML document.", line=line)

    def _begin(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent, line: int) -> None:
        self._refuse_tag(event, line)
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable(f"The front matter is nested more than {MAX_DEPTH} levels deep.", line=line)
        if self._open and isinstance(self._open[-1].value, dict) and self._open[-1].key is None:
            raise Unreadable("A list or mapping cannot be the name of a field.", line=line)
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self._open.append(_Open([] if is_list else {}, event.anchor))

    def _refuse_tag(self, event: yaml.NodeEvent, line: int) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            raise Unreadable(f"The YAML tag {str(tag)[:60]} is not accepted in front matter.", line=line)

    def _aliased(self, event: yaml.AliasEvent, line: int) -> Value:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise Unreadable(f"The front matter has more than {MAX_ALIASES} YAML aliases.", line=line)
        if event.anchor not in self._anchors:
            raise Unreadable(f"The YAML alias *{event.anchor} has no anchor before it.", line=line)
        return self._anchors[event.anchor]

    def _finish(self, value: Value, anchor: str | None, line: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = value
        self._add(value, line)

    def _add(self, value: Value, line: int) -> None:
        if not self._open:
            self.root = value
            return
        within = self._open[-1]
        if isinstance(within.value, list):
            within.value.append(value)
        elif within.key is None:
            self._name(within, value, line)
        else:
            if within.key == "<<" and isinstance(value, dict):
                within.merged.update(value)
            else:
                within.value[within.key] = value
            within.key = None

    def _name(self, within: _Open, value: Value, line: int) -> None:
        if isinstance(value, (list, dict)):
            raise Unreadable("A list or mapping cannot be the name of a field.", line=line)
        within.key = "" if value is None else str(value)
        if within.key in within.value:
            self._parsed.repeated.append((within.key, line))
        if len(self._open) == 1:
            self._parsed.lines[within.key] = line
