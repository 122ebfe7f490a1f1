"""Renders Liquid templates whose output depends only on settings, data files and front matter.

Each template is rendered in a sandbox without files and clock, and with limits of time and memory. A template
that asks for something unknown, such as the list of posts, is not rendered at all.
"""

import math
import re
import time
from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import wraps
from typing import Any, Final

from liquid import Environment, RenderContext, StrictUndefined, Undefined
from liquid.exceptions import LiquidError
from liquid.filter import with_context

from masthead.importing.items import Item
from masthead.importing.markdown.translating.liquid_filters import (
    FILTERS,
    MAX_OUTPUT_BYTES,
    KnownMapping,
    RenderLimitExceeded,
    UnknownValue,
    entries,
    to_text,
)
from masthead.importing.reading.fields import Value

MAX_ITERATIONS: Final = 5_000
MAX_VARIABLES_BYTES: Final = 1_000_000
#: The characters and entries that all filters of one text may process.
MAX_WORK: Final = 20_000_000
MAX_ENTRIES: Final = 10_000
MAX_DIGITS: Final = 1_000
#: The time for all templates of one text.
MAX_SECONDS: Final = 5.0
#: Fields of a page that Jekyll converts, and fields that it adds.
_NORMALISED: Final = frozenset({"tags", "categories", "category", "tag", "permalink"})
_MADE_BY_JEKYLL: Final = _NORMALISED | {
    "url", "id", "date", "title", "slug", "content", "excerpt", "previous", "next", "path", "relative_path", "dir",
    "name", "collection", "ext", "draft", "output", "layout", "lang",
}  # fmt: skip
_ASSIGNED: Final = re.compile(r"\{%-?\s*(?:assign|capture|increment|decrement)\s+([\w-]+)")

#: The library creates all numbers of a range, and all entries before an offset, before it checks the limits. So these
#: bounds must be literal numbers or the size of a list.
_RANGE: Final = re.compile(r"\(([^()]*)\.\.([^()]*)\)")
_STEP: Final = re.compile(r"\b(?:offset|limit|cols)\s*:\s*([\w.-]+)")
_BOUND: Final = re.compile(r"-?\d{1,5}|[\w.-]+\.size|continue")


def for_jekyll(site: Mapping[str, Value], item: Item, zone: tzinfo) -> "LiquidRenderer":
    """Make the renderer for one text of a Jekyll site."""
    data = site.get("data")
    known = KnownMapping({name: value for name, value in site.items() if name != "data"}, whole=False)
    known["data"] = KnownMapping(data if isinstance(data, dict) else {}, whole=False)
    page = {name: value for name, value in item.front_matter.items() if name not in _NORMALISED}
    if isinstance(tags := item.front_matter.get("tags"), list):
        page["tags"] = tags
    if item.date is not None and not item.date_is_guessed:
        page["date"] = item.date.astimezone(zone)
    return LiquidRenderer(known, KnownMapping(page, unknown=_MADE_BY_JEKYLL))


class LiquidSandbox(Environment):
    """A Liquid environment with Jekyll's filters and with limits."""

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
        for name, function in (FILTERS | {"where_exp": where_exp}).items():
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
        """Raise `RenderLimitExceeded` when the time for the text is over."""
        if time.monotonic() > self.ends:
            raise RenderLimitExceeded("the templates of this text take too long")

    def _count(self, value: object) -> None:
        self.check_time()
        if isinstance(value, (str, list, tuple, range, dict)):
            self.work += len(value)
            if self.work > MAX_WORK or (not isinstance(value, str) and len(value) > MAX_ENTRIES):
                raise RenderLimitExceeded("the filters have worked enough")
        elif isinstance(value, int) and abs(value) > 10**MAX_DIGITS:
            raise RenderLimitExceeded("a number is too long")


class LiquidRenderer:
    """Renders the templates of one text in order; later ones see the variables of earlier ones."""

    def __init__(self, site: Mapping[str, object], page: Mapping[str, object]) -> None:
        self._sandbox = LiquidSandbox()
        self._names = {"site": site, "page": page}
        self._locals: dict[str, object] = {}
        self._seconds = MAX_SECONDS

    def render(self, source: str) -> str | None:
        """Render a template; None if its output is unknown, and then the variables that it assigns are unknown, too."""
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
                raise UnknownValue("a variable stands for something unknown")
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
        """Forget the variables that a template assigns, because it was not rendered."""
        for name in _ASSIGNED.findall(source):
            self._locals.pop(name, None)


def _check_bounds(source: str) -> None:
    """Raise `RenderLimitExceeded` for loops whose bounds are not visible in the source."""
    bounds = [bound.strip() for found in _RANGE.findall(source) for bound in found] + _STEP.findall(source)
    if not all(_BOUND.fullmatch(bound) for bound in bounds):
        raise RenderLimitExceeded("a loop has no end that can be seen")


@with_context
def where_exp(value: object, name: object, expression: object, *, context: RenderContext) -> list[Any]:
    """Jekyll's `where_exp`: the entries for which an expression is true."""
    condition = to_text(expression)
    if "%}" in condition:
        raise UnknownValue("this is no expression")
    template = context.env.from_string("{% if " + condition + " %}1{% endif %}")

    def fits(entry: object) -> bool:
        if isinstance(context.env, LiquidSandbox):
            context.env.check_time()
        buffer = context.get_buffer()
        with context.extend({to_text(name): entry}):
            template.render_with_context(context, buffer)
        return buffer.getvalue() == "1"

    return [entry for entry in entries(value) if fits(entry)]
