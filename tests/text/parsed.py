"""What a browser would see of some HTML, for assertions on elements and not on strings."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

URL_ATTRIBUTES = frozenset(
    {"action", "background", "cite", "data", "formaction", "href", "poster", "src", "srcset"}
)
#: A browser strips these from an address before it reads the scheme.
_IGNORED_IN_URLS = dict.fromkeys((*range(0x21), 0x7F))


@dataclass
class Page(HTMLParser):
    """Every start tag with its attributes, and the text between them."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def __hash__(self) -> int:
        return id(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    def attributes(self) -> set[str]:
        return {name for _, attributes in self.elements for name in attributes}

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    def schemes(self) -> set[str]:
        urls = (
            value.translate(_IGNORED_IN_URLS)
            for _, attributes in self.elements
            for name, value in attributes.items()
            if name in URL_ATTRIBUTES
        )
        return {urlsplit(url.replace("\\", "/")).scheme.lower() for url in urls}


def parse(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    return page
