from dataclasses import dataclass

from markdown_it import MarkdownIt


@dataclass(frozen=True)
class Heading:
    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    html: str
    toc: tuple[Heading, ...]
    words: int
    plain: str


def render(source: str) -> Rendered:
    return Rendered(MarkdownIt().render(source), (), len(source.split()), source)
