"""Splits front matter from the body: YAML, TOML, JSON, Pelican's header lines, or none."""

import json
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from masthead.importing.errors import Unreadable
from masthead.importing.reading import yaml_values
from masthead.importing.reading.fields import FrontMatterFields, Value, without_unstorable

_FENCE: Final = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
#: In Eleventy the opening line may name the format: `---json`.
_OPENING: Final = re.compile(
    r"\s*^(?:(---)[ \t]*(yaml|yml|json|toml|js|javascript|coffee|coffeescript|cson)?|(\+\+\+))[ \t]*(?:\n|\Z)",
    re.MULTILINE | re.IGNORECASE,
)
_NOTATIONS: Final = {"": "YAML", "yml": "YAML", "yaml": "YAML", "toml": "TOML", "json": "JSON"}
_JSON: Final = re.compile(r"\s*\{\s*[\"}]")
_HEADER: Final = re.compile(r"[ ]{0,3}([A-Za-z][\w-]{0,40})[ \t]*:(?:[ \t]+(.*)|[ \t]*)")
_CONTINUED: Final = re.compile(r"(?: {4,}|\t)(.*\S.*)")
_TOML_PLACE: Final = re.compile(r" \(at line (\d+), column \d+\)")
_TOML_NAME: Final = re.compile(r"""^[ \t]*\[{0,2}["']?([\w-]+)["']?[ \t]*(?:[=.\]])""", re.MULTILINE)
_JSON_NAME: Final = re.compile(r"""^[ \t]*\{?[ \t]*"([^"\n]+)"[ \t]*:""", re.MULTILINE)
#: Header lines must begin with one of these names, so that "Note: …" in a text is not taken for a header.
_KNOWN_HEADERS: Final = frozenset(
    [
        "title",
        "date",
        "modified",
        "author",
        "authors",
        "category",
        "categories",
        "tags",
        "keywords",
        "slug",
        "summary",
        "status",
        "lang",
        "subtitle",
        "description",
        "url",
        "template",
    ]
)

_LISTS: Final = frozenset({"author", "authors", "category", "categories", "tags", "keywords"})


class Notation(StrEnum):
    """The format of the front matter."""

    YAML = "YAML"
    TOML = "TOML"
    JSON = "JSON"
    HEADERS = "header lines"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """The front matter and body of a file, with line numbers."""

    values: dict[str, Value]
    lines: dict[str, int]
    body: str
    body_line: int
    notation: Notation
    repeated: tuple[tuple[str, int], ...] = ()

    def fields(self, *, defaults: dict[str, Value] | None = None) -> FrontMatterFields:
        """The front matter for access by name."""
        return FrontMatterFields(self.values, lines=self.lines, defaults=defaults)


def split(text: str, *, headers: bool = True) -> SourceDocument:
    """Split a text; raises `Unreadable` with the line of the error. ``headers`` allows header lines."""
    opening = _OPENING.match(text)
    if opening:
        return _fenced(text, opening)
    if _JSON.match(text):
        return _json(text)
    if headers and (found := _headers(text)) is not None:
        return found
    return SourceDocument({}, {}, text, 1, Notation.NONE)


def _fenced(text: str, opening: re.Match[str]) -> SourceDocument:
    fence = opening[1] or opening[3]
    written = "toml" if opening[3] else (opening[2] or "").lower()
    first_line = text.count("\n", 0, opening.end(1 if opening[1] else 3)) + 1
    closing = _FENCE[fence].search(text, opening.end())
    if closing is None:
        raise Unreadable(f"The front matter that begins here is never closed by {fence}.", line=first_line)
    if written not in _NOTATIONS:
        raise Unreadable(
            f"Its front matter (---{written}) is a program, which is never run. Write it as YAML or JSON.",
            line=first_line,
        )
    # The body begins after the line end of the closing line.
    body_start = min(closing.end() + 1, len(text))
    body, body_line = text[body_start:], text.count("\n", 0, body_start) + 1
    notation = Notation(_NOTATIONS[written])
    source = text[opening.end() : closing.start()]
    repeated: tuple[tuple[str, int], ...] = ()
    match notation:
        case Notation.TOML:
            values = parse_toml(source, first_line=first_line + 1)
            lines = _lines_of(_TOML_NAME, source, first_line + 1)
        case Notation.JSON:
            values, lines, repeated = _fenced_json(text[: closing.start()], opening.end())
        case _:
            parsed = yaml_values.parse(source, first_line=first_line + 1)
            values, lines = _checked(parsed.values, first_line), parsed.lines
            repeated = tuple(parsed.repeated)
    return SourceDocument(values, lines, body, body_line, notation, repeated)


def _fenced_json(
    text: str, start: int
) -> tuple[dict[str, Value], dict[str, int], tuple[tuple[str, int], ...]]:
    """Parse the JSON object from a position to the end of the text: values, lines, repeated names."""
    start += len(text[start:]) - len(text[start:].lstrip())
    if start == len(text):
        return {}, {}, ()
    first_line = text.count("\n", 0, start) + 1
    if text[start] != "{":
        raise Unreadable("This JSON is no object: it must be between { and }.", line=first_line)
    values, end, repeated = _decode_json(text, start)
    if text[end:].strip():
        after = end + len(text[end:]) - len(text[end:].lstrip())
        raise Unreadable(
            "This is not JSON: something follows its last }.", line=text.count("\n", 0, after) + 1
        )
    lines = _lines_of(_JSON_NAME, text[start:end], first_line)
    return values, lines, tuple((name, lines.get(name, first_line)) for name in repeated)


def _json(text: str) -> SourceDocument:
    start = text.index("{")
    values, end, repeated = _decode_json(text, start)
    first_line = text.count("\n", 0, start) + 1
    lines = _lines_of(_JSON_NAME, text[start:end], first_line)
    rest = text[end:]
    body = rest.lstrip(" \t").removeprefix("\n")
    body_line = text.count("\n", 0, len(text) - len(body)) + 1
    places = tuple((name, lines.get(name, first_line)) for name in repeated)
    return SourceDocument(values, lines, body, body_line, Notation.JSON, places)


def _decode_json(text: str, start: int) -> tuple[dict[str, Value], int, list[str]]:
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                repeated.append(name)
            found[name] = value
        return found

    first_line = text.count("\n", 0, start) + 1
    try:
        values, end = json.JSONDecoder(object_pairs_hook=collect).raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise Unreadable(f"This is not JSON: {error.msg}.", line=error.lineno) from None
    except (ValueError, RecursionError):
        raise Unreadable(
            "This JSON has a number that is too long, or a nesting that is too deep.", line=first_line
        ) from None
    return _checked(values, first_line), end, repeated


def parse_json(text: str) -> Value:
    """Parse a JSON file of settings or data; raises `Unreadable`."""
    try:
        return without_unstorable(json.loads(text))
    except json.JSONDecodeError as error:
        raise Unreadable(f"This is not JSON: {error.msg}.", line=error.lineno) from None
    except (ValueError, RecursionError):
        raise Unreadable(
            "This JSON has a number that is too long, or a nesting that is too deep.", line=1
        ) from None


def parse_toml(text: str, *, first_line: int = 1) -> dict[str, Value]:
    """Parse TOML that begins in this line of its file; raises `Unreadable`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        # The parser says "(at end of document)" for the last line.
        line = int(place[1]) if place else max(text.count("\n"), 1)
        reason = str(error).partition(" (at ")[0]
        raise Unreadable(f"This is not TOML: {reason}.", line=first_line + line - 1) from None
    except (ValueError, RecursionError):
        raise Unreadable(
            "This TOML has a number that is too long, or a nesting that is too deep.", line=first_line
        ) from None
    return _checked(values, first_line)


def _checked(values: dict[str, Any], line: int) -> dict[str, Value]:
    try:
        checked = without_unstorable(values)
    except Unreadable as error:
        raise Unreadable(error.message, line=line) from None
    return checked if isinstance(checked, dict) else {}


def _lines_of(pattern: re.Pattern[str], source: str, first_line: int) -> dict[str, int]:
    """The line of each name, in one pass."""
    lines: dict[str, int] = {}
    line, position = first_line, 0
    for match in pattern.finditer(source):
        line += source.count("\n", position, match.start(1))
        position = match.start(1)
        lines.setdefault(match[1], line)
    return lines


def _headers(text: str) -> SourceDocument | None:
    """Parse `Title: …` lines with indented continuation lines, up to an empty line (Python-Markdown's "meta-data")."""
    found: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    repeated: list[tuple[str, int]] = []
    position, number, name = 0, 0, ""
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        if number == 0 and not _begins_headers(line):
            return None
        header, more = _HEADER.fullmatch(line), _CONTINUED.fullmatch(line)
        if header:
            name = header[1].lower()
            if name in found:
                repeated.append((name, number + 1))
            found[name] = [header[2] or ""]
            lines[name] = number + 1
        elif more and name:
            found[name].append(more[1].strip())
        else:
            # An empty line ends the headers and belongs to them; any other line begins the body.
            if not line.strip():
                position, number = end + 1, number + 1
            break
        position, number = end + 1, number + 1
    values: dict[str, Value] = {key: _joined(key, parts) for key, parts in found.items()}
    if not values:
        return None
    return SourceDocument(values, lines, text[position:], number + 1, Notation.HEADERS, tuple(repeated))


def _begins_headers(line: str) -> bool:
    header = _HEADER.fullmatch(line)
    return header is not None and header[1].lower() in _KNOWN_HEADERS


def _joined(name: str, parts: list[str]) -> Value:
    """Several lines as a list for fields of names, as one text for others."""
    kept: list[Value] = [part.strip() for part in parts if part.strip()]
    if name in _LISTS and len(kept) > 1:
        return kept
    return " ".join(str(part) for part in kept)
