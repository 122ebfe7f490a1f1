"""Translates template tags with an exact meaning; all others stay visible and are counted.

Tags in code do not change, except escapes that only serve to show a tag there (`{% raw %}`, `{{</* */>}}`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

from masthead.importing.items import NoteCollector
from masthead.importing.reading.code_spans import find_code_and_invisible

#: Placeholders for the braces of escaped tags. Unicode reserves these noncharacters for internal use.
SHOWN_OPENING: Final = "\ufdd0"
SHOWN_CLOSING: Final = "\ufdd1"
MAX_TAG_CHARACTERS: Final = 4_000


class TemplateRenderer(Protocol):
    """Renders templates of one text."""

    def render(self, source: str) -> str | None:
        """The output of a template; None if it depends on something unknown."""

    def forget(self, source: str) -> None:
        """Forget the variables that a template assigns, because it was not rendered."""


@dataclass(slots=True)
class TagContext:
    """The facts that the translation of a tag may need, and the collector of its notes."""

    variables: Mapping[str, str]
    #: Finds the new address of a file by the name that the generator uses; None if there is no such file.
    address_of: Callable[[str], str | None]
    notes: NoteCollector = field(default_factory=NoteCollector)
    #: Makes the renderer of the text's templates; None if the dialect has none.
    renderer: Callable[[], TemplateRenderer] | None = None
    #: Finds a parameter of the text or the site; '' if there is none.
    param: Callable[[str], str] = field(default=lambda _name: "")


@dataclass(slots=True)
class TemplateTag:
    """A template tag, from its opening to its closing braces."""

    opening: str
    inner: str
    start: int
    end: int


class TemplateLanguage:
    """A template language. The base class has no tags, as plain Markdown has none."""

    #: The closing braces for each opening, the longest opening first.
    braces: ClassVar[Mapping[str, str]] = {}
    #: Attribute lists in braces, which only some Markdown parsers support.
    attributes: ClassVar[re.Pattern[str] | None] = None

    def __init__(self, context: TagContext) -> None:
        self.context = context
        self.visible_tags: Counter[str] = Counter()

    def translate(self, text: str) -> str:
        """Translate all tags of a text, or make them visible."""
        text = self.unescaped(text.replace(SHOWN_OPENING, "").replace(SHOWN_CLOSING, ""))
        if any(opening in text for opening in self.braces):
            text = "".join(self._pieces(text))
        if self.attributes is not None and self.attributes.search(text):
            self._count_attributes(text, self.attributes)
        return text.replace(SHOWN_OPENING, "{").replace(SHOWN_CLOSING, "}")

    def unescaped(self, text: str) -> str:
        """Replace the braces of escaped tags by placeholders, and remove the escapes."""
        return text

    def translate_tag(self, tag: TemplateTag, text: str) -> tuple[str, int] | None:
        """The translation of a tag and its end in the text; None if there is none."""
        return None

    def name(self, tag: TemplateTag) -> str:
        """The name under which a tag is counted."""
        match = re.search(r"[\w/][\w./-]*", tag.inner)
        return match[0] if match else tag.opening

    def _pieces(self, text: str) -> Iterator[str]:
        code = find_code_and_invisible(text)
        position = 0
        for tag in tags_in(text, self.braces):
            if tag.start < position or code.contains(tag.start):
                continue
            translated = self.translate_tag(tag, text)
            yield text[position : tag.start]
            if translated is None:
                self.visible_tags[self.name(tag)] += 1
                # Escape angle brackets, or the browser would take the tag for HTML and hide it.
                yield text[tag.start : tag.end].replace("<", "&lt;")
                position = tag.end
            else:
                yield translated[0]
                position = translated[1]
        yield text[position:]

    def _count_attributes(self, text: str, pattern: re.Pattern[str]) -> None:
        code = find_code_and_invisible(text)
        for match in pattern.finditer(text):
            if not code.contains(match.start()):
                self.visible_tags["{:toc}" if "toc" in match[0].lower() else "attribute list"] += 1


def tags_in(text: str, braces: Mapping[str, str]) -> Iterator[TemplateTag]:
    """All tags in order, in linear time, because each closing brace is searched only once."""
    openings = re.compile("|".join(re.escape(opening) for opening in braces))
    next_closing: dict[str, int] = {}
    position = 0
    while match := openings.search(text, position):
        closing = braces[match[0]]
        if next_closing.get(closing, 0) <= match.end() - 1 and next_closing.get(closing) != -1:
            next_closing[closing] = text.find(closing, match.end())
        found = next_closing.get(closing, -1)
        if found < match.end() or found - match.end() > MAX_TAG_CHARACTERS:
            position = match.end()
            continue
        end = found + len(closing)
        yield TemplateTag(match[0], text[match.end() : found], match.start(), end)
        position = end


def code_block(language: str, code: str) -> str:
    """A fenced code block, with a fence that is longer than any in the code."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{code.strip(chr(10))}\n{fence}"


def image_markup(source: str, alt: str, *, title: str = "", in_markdown: bool = True, link: str = "") -> str:
    """An image as Markdown, or as HTML where Markdown is not parsed."""
    if not in_markdown:
        image = (
            f'<img src="{_attribute(source)}" alt="{_attribute(alt)}"'
            + (f' title="{_attribute(title)}"' if title else "")
            + ">"
        )
        return f'<a href="{_attribute(link)}">{image}</a>' if link else image
    shown_alt = " ".join(re.sub(r"([\[\]\\])", r"\\\1", alt).split())
    shown_title = ' "' + " ".join(title.split()).replace('"', "&quot;") + '"' if title else ""
    image = f"![{shown_alt}]({_destination(source)}{shown_title})"
    return f"[{image}]({_destination(link)})" if link else image


def _attribute(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _destination(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def is_own_paragraph(text: str, start: int, end: int) -> bool:
    """Check if a tag is a paragraph of its own, perhaps inside of a link, so that Markdown is parsed there."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    before, after = text[line_start:start], text[end:line_end]
    if re.fullmatch(r" {0,3}\[?", before) is None or re.fullmatch(r"(?:\]\([^()\s]*\))?\s*", after) is None:
        return False
    previous = text[: max(line_start - 1, 0)].rpartition("\n")[2]
    return not previous.strip()
