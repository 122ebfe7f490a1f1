"""The body of an item in Masthead's own Markdown: template tags, excerpt marks, embedded elements, links."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Final

from masthead.importing.items import Item, Kind, Note, Notebook
from masthead.importing.markdown.dialects.base import Dialect
from masthead.importing.markdown.dialects.eleventy import Eleventy
from masthead.importing.markdown.dialects.hugo import Hugo
from masthead.importing.markdown.dialects.jekyll import Jekyll
from masthead.importing.markdown.dialects.zola import Zola
from masthead.importing.markdown.translating import liquid, shortcodes
from masthead.importing.markdown.translating.template_tags import Language, Surroundings
from masthead.importing.preparation.image_import import Gallery, Kept
from masthead.importing.preparation.link_rewriter import Origin, Rewriter
from masthead.importing.reading.code_spans import code_in
from masthead.importing.reading.fields import Fields, as_text
from masthead.importing.urls import list_pages
from masthead.importing.urls.index import Addresses
from masthead.posts.manuscript import Picture
from masthead.text.profiles import Profile
from masthead.text.sanitise import TAGS

if TYPE_CHECKING:
    from masthead.importing.markdown.translating.liquid_rendering import Renderer

LANGUAGES: Final[Mapping[type[Dialect], type[Language]]] = {
    Jekyll: liquid.Liquid,
    Eleventy: liquid.Eleventy,
    Hugo: shortcodes.Hugo,
    Zola: shortcodes.Zola,
}
_MORE: Final = re.compile(
    r"^[ \t]*<!--\s*(?:more|excerpt|read ?more|pelican_end_summary)\s*-->[ \t]*\n?|<!--\s*(?:more|excerpt|pelican_end_summary)\s*-->",
    re.IGNORECASE | re.MULTILINE,
)
_FRAME: Final = re.compile(r"<iframe\b([^<>]{0,2000})>(?:[^<]{0,500}</iframe\s*>)?", re.IGNORECASE)
_SOURCE: Final = re.compile(r"\ssrc\s*=\s*[\"']([^\"'<>]{1,2000})[\"']", re.IGNORECASE)
_FRAME_TITLE: Final = re.compile(r"\stitle\s*=\s*\"([^\"<>]{1,300})\"", re.IGNORECASE)
_ELEMENT: Final = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]{0,30})(?=[\s/>])([^<>]{0,2000})>")
_STYLE: Final = re.compile(r"\sstyle\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Translated:
    """A body that Masthead can typeset, and what had to be done to it."""

    body: str
    #: The text before the mark of the excerpt, if there was one.
    opening: str | None
    notes: tuple[Note, ...]
    #: Template tags that stay visible, by name.
    visible: Counter[str] = field(default_factory=Counter)
    links: int = 0
    #: The picture above the text, at its address here.
    lead: Picture | None = None
    #: Pictures of the folder that the text shows.
    pictures: tuple[Kept, ...] = ()


def translate(dialect: Dialect, addresses: Addresses, gallery: Gallery, path: str, item: Item) -> Translated:
    """Translate the body of an item whose file is at this path."""
    if dialect.is_ours:
        lead = Picture(item.lead.url, item.lead.alt, item.lead.caption) if item.lead else None
        return Translated(item.body, None, (), lead=lead)
    notes = Notebook()
    roots = ("", "content", "_posts")

    def address_of(name: str) -> str | None:
        bare, _, fragment = name.partition("#")
        if not bare.strip():
            return f"#{fragment}" if fragment else None
        found = (
            addresses.of_file(bare, beside=path, roots=roots)
            or addresses.of_name(bare)
            or list_pages.address_of(bare, addresses)
        )
        return found + (f"#{fragment}" if fragment else "") if found else None

    variables = {**site_variables(dialect), **dict(item.variables)}
    around = Surroundings(variables, address_of, notes, _renderer(dialect, item), _params(dialect, item))
    language = LANGUAGES.get(type(dialect), Language)(around)
    body = language.translate(item.body)
    separator = dict(item.variables).get("excerpt_separator") or dialect.settings.text("excerpt_separator")
    body, opening = _without_more(body, separator)
    body = _framed(body, notes)
    _name_lost_elements(body, notes)
    own = item.old_paths[0] if item.old_paths else ""
    rewriter = Rewriter(dialect, addresses, gallery, Origin(path, own), notes)
    body = rewriter.rewrite(body)
    lead = _lead(item, rewriter, notes)
    pictures = tuple(rewriter.pictures.values())
    return Translated(
        body, opening, tuple(notes.notes), language.visible, rewriter.rewritten, lead=lead, pictures=pictures
    )


def _renderer(dialect: Dialect, item: Item) -> Callable[[], "Renderer"] | None:
    """Makes what renders the templates of a text, where settings and front matter are all that these need."""
    if not isinstance(dialect, Jekyll):
        return None

    def make() -> "Renderer":
        # Few texts need it, and loading it takes a fifth of a second.
        from masthead.importing.markdown.translating import liquid_rendering

        return liquid_rendering.for_jekyll(dialect.template_site, item, dialect.zone)

    return make


def _params(dialect: Dialect, item: Item) -> Callable[[str], str]:
    """Looks Hugo's parameters up: those of the text, of its language and of the site, `a.b` inside of `a`."""
    own, settings = Fields(item.front_matter), dialect.settings
    language = (item.language or "").lower()

    def look_up(name: str) -> str:
        for fields, path in (
            (own, f"params.{name}"),
            (own, name),
            (settings, f"languages.{language}.params.{name}"),
            (settings, f"params.{name}"),
        ):
            if found := fields.text(path):
                return found
        return ""

    return look_up


def site_variables(dialect: Dialect) -> dict[str, str]:
    """Single values of Jekyll's settings that texts may name under `site.`"""
    if isinstance(dialect, Jekyll):
        return {
            f"site.{name}": as_text(value)
            for name, value in dialect.settings.singles()
            if name not in {"url", "baseurl"}
        }
    return {}


def _lead(item: Item, rewriter: Rewriter, notes: Notebook) -> Picture | None:
    """The picture above a post, if it is in the folder."""
    lead = item.lead
    if lead is None:
        return None
    if item.kind is not Kind.POST:
        notes.lost("lead picture", f"{lead.written or lead.url}: only posts have one")
        return None
    url = rewriter.lead(lead.written, lead.url, alt=lead.alt)
    return Picture(url, lead.alt, lead.caption) if url else None


def _without_more(body: str, separator: str) -> tuple[str, str | None]:
    """The body without the mark where its excerpt ends, and what stood before it."""
    match = _MORE.search(body)
    if match is not None and not code_in(body).cover(match.start()):
        return body[: match.start()] + body[match.end() :], body[: match.start()]
    # Short ones, like an empty line, only say "the first paragraph", which an excerpt begins with anyway.
    at = body.find(separator) if len(separator) > 2 else -1
    if at < 0:
        return body, None
    return body[:at] + body[at + len(separator) :], body[:at]


def _framed(body: str, notes: Notebook) -> str:
    """A frame with another site in it cannot be shown; a link leads to what it showed."""
    if _FRAME.search(body) is None:
        return body
    code = code_in(body)

    def replace(match: re.Match[str]) -> str:
        source = _SOURCE.search(match[1])
        if source is None or code.cover(match.start()):
            return match[0]
        address = source[1] if not source[1].startswith("//") else f"https:{source[1]}"
        title = _FRAME_TITLE.search(match[1])
        label = title[1] if title else unescape(address)
        notes.changed("iframe", f"a link to {unescape(address)} now")
        return f'<a href="{address}">{label}</a>'

    return _FRAME.sub(replace, body)


def _name_lost_elements(body: str, notes: Notebook) -> None:
    """Write down what the sanitiser will take away."""
    if _ELEMENT.search(body) is None:
        return
    code = code_in(body)
    allowed = TAGS[Profile.ARTICLE]
    elements: Counter[str] = Counter()
    styles = 0
    for match in _ELEMENT.finditer(body):
        if code.cover(match.start()):
            continue
        if match[1].lower() not in allowed:
            elements[match[1].lower()] += 1
        styles += bool(_STYLE.search(match[2]))
    for name, count in elements.items():
        notes.lost(f"<{name}>", "a post cannot hold this element", count=count)
    if styles:
        notes.lost("style attributes", "the look belongs to the publication", count=styles)
