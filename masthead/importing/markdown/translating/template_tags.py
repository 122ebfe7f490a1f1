"""Template tags in texts: those with an exact meaning are translated, all others stay visible and are counted.

What stands in code is left alone, except the marks that exist only to show a tag there (`{% raw %}`, `{{</* */>}}`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

from masthead.importing.items import NoteCollector
from masthead.importing.reading.code_spans import code_and_unseen_in

#: Stand for the braces of tags that are only shown. Unicode keeps these two for such inner uses; no text has them.
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
    """What a tag may ask about: its file, the other files, and where notes go."""

    variables: Mapping[str, str]
    #: The new address of a file of the folder, named as the generator names files; None if there is no such file.
    address_of: Callable[[str], str | None]
    notes: NoteCollector = field(default_factory=NoteCollector)
    #: Renders the text's templates; None where there is no such language.
    renderer: Callable[[], TemplateRenderer] | None = None
    #: A parameter of the text or the site by its name; '' if there is none.
    param: Callable[[str], str] = field(default=lambda _name: "")


@dataclass(slots=True)
class TemplateTag:
    """One tag, from its opening to its closing braces."""

    opening: str
    inner: str
    start: int
    end: int


class TemplateLanguage:
    """A template language. The base knows none: plain Markdown has no tags."""

    #: Opening braces and the closing ones that belong to them, the longest first.
    braces: ClassVar[Mapping[str, str]] = {}
    #: Lists of classes and ids in braces, which only some Markdown parsers know.
    attributes: ClassVar[re.Pattern[str] | None] = None

    def __init__(self, context: TagContext) -> None:
        self.context = context
        self.visible: Counter[str] = Counter()

    def translate(self, text: str) -> str:
        """The text with its tags translated or made visible."""
        text = self.unescaped(text.replace(SHOWN_OPENING, "").replace(SHOWN_CLOSING, ""))
        if any(opening in text for opening in self.braces):
            text = "".join(self._pieces(text))
        if self.attributes is not None and self.attributes.search(text):
            self._count_attributes(text, self.attributes)
        return text.replace(SHOWN_OPENING, "{").replace(SHOWN_CLOSING, "}")

    def unescaped(self, text: str) -> str:
        """The text without the marks that show tags instead of meaning them, the tags' braces replaced."""
        return text

    def meaning(self, tag: TemplateTag, text: str) -> tuple[str, int] | None:
        """What a tag means and where that ends; None if it cannot be expressed, as nothing can by the base."""
        return None

    def name(self, tag: TemplateTag) -> str:
        """Under which name a tag is counted."""
        match = re.search(r"[\w/][\w./-]*", tag.inner)
        return match[0] if match else tag.opening

    def _pieces(self, text: str) -> Iterator[str]:
        code = code_and_unseen_in(text)
        position = 0
        for tag in tags_in(text, self.braces):
            if tag.start < position or code.cover(tag.start):
                continue
            meant = self.meaning(tag, text)
            yield text[position : tag.start]
            if meant is None:
                self.visible[self.name(tag)] += 1
                # A tag with angle brackets must not be taken for HTML, which would hide it.
                yield text[tag.start : tag.end].replace("<", "&lt;")
                position = tag.end
            else:
                yield meant[0]
                position = meant[1]
        yield text[position:]

    def _count_attributes(self, text: str, pattern: re.Pattern[str]) -> None:
        code = code_and_unseen_in(text)
        for match in pattern.finditer(text):
            if not code.cover(match.start()):
                self.visible["{:toc}" if "toc" in match[0].lower() else "attribute list"] += 1


def tags_in(text: str, braces: Mapping[str, str]) -> Iterator[TemplateTag]:
    """All tags in order. Each closing brace is looked for once, so the time is proportional to the text."""
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


def fenced(language: str, code: str) -> str:
    """A code block that nothing in the code can end."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{code.strip(chr(10))}\n{fence}"


def picture(source: str, alt: str, *, title: str = "", in_markdown: bool = True, link: str = "") -> str:
    """An image, as Markdown or, inside of HTML, as HTML."""
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


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a tag is a paragraph of its own (perhaps inside a link), so that Markdown is read there."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    before, after = text[line_start:start], text[end:line_end]
    if re.fullmatch(r" {0,3}\[?", before) is None or re.fullmatch(r"(?:\]\([^()\s]*\))?\s*", after) is None:
        return False
    previous = text[: max(line_start - 1, 0)].rpartition("\n")[2]
    return not previous.strip()
