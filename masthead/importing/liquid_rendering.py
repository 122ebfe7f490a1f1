"""Liquid that can be known exactly: variables, loops, conditions and filters over settings, data files and front matter.

Each piece is rendered alone in a sandbox that reads no files, knows no clock, and ends when it has worked enough. A piece
that asks for something unknown, such as the list of posts, is not rendered at all.
"""

import json
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, tzinfo
from functools import partial, wraps
from typing import Any, Final
from urllib.parse import quote

from liquid import Environment, RenderContext, StrictUndefined, Undefined
from liquid.exceptions import LiquidError
from liquid.filter import with_context

from masthead.importing import old_slugs
from masthead.importing.items import Item
from masthead.importing.values import Plain, Value

MAX_ITERATIONS: Final = 5_000
MAX_OUTPUT_BYTES: Final = 500_000
MAX_VARIABLES_BYTES: Final = 1_000_000
#: Characters and entries that the filters of one text may handle in all.
MAX_WORK: Final = 20_000_000
MAX_ENTRIES: Final = 10_000
MAX_DIGITS: Final = 1_000
#: Of the templates of one text together.
MAX_SECONDS: Final = 5.0
#: Fields of a page that Jekyll adds, or makes lists of.
_NORMALISED: Final = frozenset({"tags", "categories", "category", "tag", "permalink"})
_MADE_BY_JEKYLL: Final = _NORMALISED | {
    "url", "id", "date", "title", "slug", "content", "excerpt", "previous", "next", "path", "relative_path", "dir",
    "name", "collection", "ext", "draft", "output", "layout", "lang",
}  # fmt: skip
_ASSIGNED: Final = re.compile(r"\{%-?\s*(?:assign|capture|increment|decrement)\s+([\w-]+)")

#: `for` makes every number of a range, and every entry before an offset, without a look at the limits: their bounds have
#: to be numbers that are written out, or the length of a list.
_RANGE: Final = re.compile(r"\(([^()]*)\.\.([^()]*)\)")
_STEP: Final = re.compile(r"\b(?:offset|limit|cols)\s*:\s*([\w.-]+)")
_BOUND: Final = re.compile(r"-?\d{1,5}|[\w.-]+\.size|continue")
_DAY: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:\D|$)")


class TooMuch(LiquidError):
    """A template works longer than texts need."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


class NotKnown(LiquidError):
    """A template asks for something that only the old site's generator knew."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


class Known(dict[str, object]):
    """A mapping. If it is known whole, what is not there is nothing, as in Jekyll, but for the names that are not known."""

    def __init__(
        self, values: Mapping[str, object], *, whole: bool = True, unknown: Iterable[str] = ()
    ) -> None:
        super().__init__((name, _known(value)) for name, value in values.items())
        self._whole = whole
        self._unknown = frozenset(unknown)

    def __missing__(self, name: str) -> object:
        if not self._whole or name in self._unknown:
            raise KeyError(name)
        return None

    def __str__(self) -> str:
        raise NotKnown("a mapping has no words")

    def __repr__(self) -> str:
        # A list writes its entries so.
        raise NotKnown("a mapping has no words")


def _known(value: object) -> object:
    match value:
        case Plain():
            return value.resolved()
        case Known():
            return value
        case dict():
            return Known(value)
        case list():
            return [_known(one) for one in value]
        case datetime():
            # As Ruby writes it; a filter for dates reads it again.
            return f"{value:%Y-%m-%d %H:%M:%S} {value.strftime('%z') or '+0000'}"
        case date():
            return value.isoformat()
        case _:
            return value


def for_jekyll(site: Mapping[str, Value], item: Item, zone: tzinfo) -> "Renderer":
    """A renderer for one text of a Jekyll site."""
    data = site.get("data")
    known = Known({name: value for name, value in site.items() if name != "data"}, whole=False)
    known["data"] = Known(data if isinstance(data, dict) else {}, whole=False)
    page = {name: value for name, value in item.front_matter.items() if name not in _NORMALISED}
    if isinstance(tags := item.front_matter.get("tags"), list):
        page["tags"] = tags
    if item.date is not None and not item.date_is_guessed:
        page["date"] = item.date.astimezone(zone)
    return Renderer(known, Known(page, unknown=_MADE_BY_JEKYLL))


class Sandbox(Environment):
    """Jekyll's Liquid, bounded."""

    loop_iteration_limit = MAX_ITERATIONS
    output_stream_limit = MAX_OUTPUT_BYTES
    local_namespace_limit = MAX_VARIABLES_BYTES
    block_nesting_limit = 20

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined)
        self.work = 0
        self.ends = math.inf
        for name in ("include", "render", "doc", "liquid", "#"):
            self.tags.pop(name, None)
        for name, function in _JEKYLL_FILTERS.items():
            self.add_filter(name, function)
        for name, function in list(self.filters.items()):
            self.filters[name] = self._bounded(function)

    def _bounded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def bounded(*args: Any, **options: Any) -> Any:
            for value in args:
                self._count(value)
            result = function(*args, **options)
            self._count(result)
            return result

        return bounded

    def check_time(self) -> None:
        """Raise `TooMuch` when the templates of the text have had their time."""
        if time.monotonic() > self.ends:
            raise TooMuch("the templates of this text take too long")

    def _count(self, value: object) -> None:
        self.check_time()
        if isinstance(value, (str, list, tuple, range, dict)):
            self.work += len(value)
            if self.work > MAX_WORK or (not isinstance(value, str) and len(value) > MAX_ENTRIES):
                raise TooMuch("the filters have worked enough")
        elif isinstance(value, int) and abs(value) > 10**MAX_DIGITS:
            raise TooMuch("a number is too long")


class Renderer:
    """The templates of one text, in their order: later ones see what earlier ones have assigned."""

    def __init__(self, site: Mapping[str, object], page: Mapping[str, object]) -> None:
        self._sandbox = Sandbox()
        self._names = {"site": site, "page": page}
        self._locals: dict[str, object] = {}
        self._seconds = MAX_SECONDS

    def render(self, source: str) -> str | None:
        """The words of a template; None if they cannot be known, and then neither can what it assigns."""
        began = time.monotonic()
        self._sandbox.ends = began + self._seconds
        try:
            self._sandbox.check_time()
            _check_bounds(source)
            template = self._sandbox.from_string(source)
            context = RenderContext(template, globals=self._names)
            context.locals.update(self._locals)
            buffer = context.get_buffer()
            template.render_with_context(context, buffer)
            if any(isinstance(value, Undefined) for value in context.locals.values()):
                raise NotKnown("a variable stands for something unknown")
        except (
            LiquidError,
            ArithmeticError,
            LookupError,
            MemoryError,
            TypeError,
            ValueError,
            RecursionError,
        ):
            self.forget(source)
            return None
        finally:
            self._seconds -= time.monotonic() - began
        self._locals = dict(context.locals)
        return buffer.getvalue()

    def forget(self, source: str) -> None:
        """Know no longer what a template assigns that was not rendered."""
        for name in _ASSIGNED.findall(source):
            self._locals.pop(name, None)


def _check_bounds(source: str) -> None:
    """Raise `TooMuch` for loops whose length nobody sees before they begin."""
    bounds = [bound.strip() for found in _RANGE.findall(source) for bound in found] + _STEP.findall(source)
    if not all(_BOUND.fullmatch(bound) for bound in bounds):
        raise TooMuch("a loop has no end that can be seen")


def _text(value: object) -> str:
    """A value as Liquid writes it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return "".join(map(_text, value))
        case _:
            return str(value)


def _entries(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if not isinstance(value, (list, tuple)):
        raise NotKnown("this is no list")
    return list(value)


def _property(entry: object, name: str) -> object:
    for part in name.split("."):
        entry = entry.get(part) if isinstance(entry, dict) else None
    return entry


def where(value: object, name: object, target: object) -> list[Any]:
    """The entries whose property is this, compared as words, or holds it."""
    wanted = _text(target)

    def fits(entry: object) -> bool:
        found = _property(entry, _text(name))
        return wanted in map(_text, found) if isinstance(found, list) else _text(found) == wanted

    return [entry for entry in _entries(value) if fits(entry)]


@with_context
def where_exp(value: object, name: object, expression: object, *, context: RenderContext) -> list[Any]:
    """The entries of which an expression is true."""
    condition = _text(expression)
    if "%}" in condition:
        raise NotKnown("this is no expression")
    template = context.env.from_string("{% if " + condition + " %}1{% endif %}")

    def fits(entry: object) -> bool:
        if isinstance(context.env, Sandbox):
            context.env.check_time()
        buffer = context.get_buffer()
        with context.extend({_text(name): entry}):
            template.render_with_context(context, buffer)
        return buffer.getvalue() == "1"

    return [entry for entry in _entries(value) if fits(entry)]


def group_by(value: object, name: object) -> list[Known]:
    """The entries by a property, in the order in which its values come."""
    groups: dict[str, list[Any]] = {}
    for entry in _entries(value):
        groups.setdefault(_text(_property(entry, _text(name))), []).append(entry)
    return [Known({"name": name, "items": items, "size": len(items)}) for name, items in groups.items()]


def replace(value: object, old: object, new: object = "") -> str:
    """As Liquid's own, with a look at how long the result becomes."""
    text, wanted, written = _text(value), _text(old), _text(new)
    if (text.count(wanted) + 1) * (len(written) + 1) + len(text) > MAX_OUTPUT_BYTES:
        raise TooMuch("this text becomes too long")
    return text.replace(wanted, written)


def join(value: object, glue: object = " ") -> str:
    """As Liquid's own, with a look at how long the result becomes."""
    words = list(map(_text, value)) if isinstance(value, (list, tuple)) else [_text(value)]
    if len(words) * len(_text(glue)) > MAX_OUTPUT_BYTES:
        raise TooMuch("this text becomes too long")
    return _text(glue).join(words)


def same(value: object) -> str:
    """The value itself: addresses are written from the root of the site, and links are looked up later."""
    return _text(value)


def jsonify(value: object) -> str:
    """JSON as Ruby writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def array_to_sentence_string(value: object, connector: object = "and") -> str:
    """`a, b, and c`."""
    words = list(map(_text, _entries(value)))
    if len(words) < 3:
        return f" {_text(connector)} ".join(words)
    return f"{', '.join(words[:-1])}, {_text(connector)} {words[-1]}"


def uri_escape(value: object) -> str:
    """Percent codes for what an address cannot hold."""
    return quote(_text(value), safe="!#$&'()*+,/:;=?@[]~%")


def cgi_escape(value: object) -> str:
    """Percent codes as forms send them."""
    return quote(_text(value), safe="*").replace("%20", "+")


def number_of_words(value: object) -> int:
    """The words between white space."""
    return len(_text(value).split())


def push(value: object, entry: object) -> list[Any]:
    """The list with an entry more."""
    return [*_entries(value), entry]


def unshift(value: object, entry: object) -> list[Any]:
    """The list with an entry in front."""
    return [entry, *_entries(value)]


def pop(value: object, count: int = 1) -> list[Any]:
    """The list without its last entries."""
    entries = _entries(value)
    return entries[: max(len(entries) - int(count), 0)]


def shift(value: object, count: int = 1) -> list[Any]:
    """The list without its first entries."""
    return _entries(value)[max(int(count), 0) :]


def _dated(pattern: str) -> Callable[[object], str]:
    def written(value: object) -> str:
        return dated(value, pattern)

    return written


def slugify(value: object, mode: object = "default") -> str:
    """Jekyll's slug in the usual mode."""
    if _text(mode) != "default":
        raise NotKnown("this mode is not known")
    return old_slugs.jekyll(_text(value))


_PLAIN: Final = Environment()
_date: Final = partial(_PLAIN.filters["date"], environment=_PLAIN)


def dated(value: object, pattern: object) -> str:
    """A date by a pattern; today is not known, since the text was built another day."""
    if not _DAY.match(_text(value)):
        raise NotKnown("the day on which the site was built")
    return str(_date(_text(value), _text(pattern)))


_JEKYLL_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "where": where,
    "where_exp": where_exp,
    "group_by": group_by,
    "replace": replace,
    "join": join,
    "relative_url": same,
    "absolute_url": same,
    "jsonify": jsonify,
    "array_to_sentence_string": array_to_sentence_string,
    "uri_escape": uri_escape,
    "cgi_escape": cgi_escape,
    "number_of_words": number_of_words,
    "push": push,
    "unshift": unshift,
    "pop": pop,
    "shift": shift,
    "slugify": slugify,
    "date": dated,
    "date_to_string": _dated("%d %b %Y"),
    "date_to_long_string": _dated("%d %B %Y"),
}
