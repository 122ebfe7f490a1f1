"""Translates a body to Masthead's Markdown: template tags, "more" marks, embedded elements, links."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import unescape
from typing import Final
from urllib.parse import unquote

from masthead.content.rendering import Picture
from masthead.importing.image_import import ImageImporter
from masthead.importing.items import Item, ItemKind, NoteCollector
from masthead.importing.markdown.dialect import Dialect
from masthead.importing.markdown.dialects.eleventy import Eleventy
from masthead.importing.markdown.dialects.hugo import Hugo
from masthead.importing.markdown.dialects.jekyll import Jekyll
from masthead.importing.markdown.dialects.zola import Zola
from masthead.importing.markdown.file_index import FileIndex
from masthead.importing.markdown.translating import liquid, shortcodes
from masthead.importing.markdown.translating.file_links import FileLinkRewriter
from masthead.importing.markdown.translating.template_tags import (
    TagContext,
    TemplateLanguage,
    TemplateRenderer,
)
from masthead.importing.reading.code_spans import find_code
from masthead.importing.reading.fields import FrontMatterFields, as_text
from masthead.importing.source import TranslatedBody
from masthead.importing.urls import list_pages
from masthead.importing.urls.index import AddressIndex
from masthead.text.profiles import SanitiserProfile
from masthead.text.sanitise import TAGS

LANGUAGES: Final[Mapping[type[Dialect], type[TemplateLanguage]]] = {
    Jekyll: liquid.LiquidTemplates,
    Eleventy: liquid.EleventyTemplates,
    Hugo: shortcodes.HugoShortcodes,
    Zola: shortcodes.ZolaShortcodes,
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


def translate(
    dialect: Dialect, addresses: AddressIndex, files: FileIndex, images: ImageImporter, path: str, item: Item
) -> TranslatedBody:
    """Translate the body of the item in the file at this path."""
    if dialect.is_own_export:
        lead = Picture(item.lead.url, item.lead.alt, item.lead.caption) if item.lead else None
        return TranslatedBody(item.body, None, (), lead=lead)
    notes = NoteCollector()
    context = TagContext(
        variables={**site_variables(dialect), **dict(item.variables)},
        address_of=_address_lookup(addresses, files, path),
        notes=notes,
        renderer=_renderer(dialect, item),
        param=_param_lookup(dialect, item),
    )
    language = LANGUAGES.get(type(dialect), TemplateLanguage)(context)
    body = language.translate(item.body)
    separator = dict(item.variables).get("excerpt_separator") or dialect.settings.text("excerpt_separator")
    body, opening = _split_at_more(body, separator)
    body = _iframes_to_links(body, notes)
    _note_lost_elements(body, notes)
    own = item.old_paths[0] if item.old_paths else ""
    rewriter = FileLinkRewriter(dialect, addresses, files, images, file=path, own=own, notes=notes)
    body = rewriter.rewrite(body)
    lead = _lead(item, rewriter, notes)
    pictures = tuple(rewriter.pictures.values())
    return TranslatedBody(
        body,
        opening,
        tuple(notes.notes),
        language.visible_tags,
        rewriter.rewritten,
        lead=lead,
        pictures=pictures,
    )


def _address_lookup(addresses: AddressIndex, files: FileIndex, path: str) -> Callable[[str], str | None]:
    """Makes the function that finds the new address of a file as template tags in this file name it."""

    def address_of(name: str) -> str | None:
        bare, _, fragment = name.partition("#")
        if not bare.strip():
            return f"#{fragment}" if fragment else None
        source = files.find(bare, beside=path, roots=("", "content", "_posts"))
        found = (
            addresses.urls.get(source or "")
            or addresses.urls.get(files.find_by_name(bare) or "")
            or _list_page(bare, addresses, files)
        )
        return found + (f"#{fragment}" if fragment else "") if found else None

    return address_of


def _list_page(name: str, addresses: AddressIndex, files: FileIndex) -> str | None:
    """The new page of a section, a tag or the whole site that a template tag names by a folder or its index file."""
    folder = re.sub(r"/?_index(?:\.\w+)*$", "", unquote(name).strip()).strip("/").removeprefix("content/")
    if folder in {"", "content"}:
        return "/"
    if files.is_section(name):
        return list_pages.BLOG
    return f"/{folder}" if addresses.is_list(f"/{folder}") else list_pages.LISTS.get(folder)


def _renderer(dialect: Dialect, item: Item) -> Callable[[], TemplateRenderer] | None:
    """The factory of the renderer, for dialects whose templates need only settings and front matter."""
    if not isinstance(dialect, Jekyll):
        return None

    def make() -> TemplateRenderer:
        # Imported here because it takes a fifth of a second and few texts need it.
        from masthead.importing.markdown.translating import liquid_rendering

        return liquid_rendering.for_jekyll(dialect.template_site, item, dialect.zone)

    return make


def _param_lookup(dialect: Dialect, item: Item) -> Callable[[str], str]:
    """Makes the function that finds a Hugo parameter: of the text, of its language, or of the site."""
    own, settings = FrontMatterFields(item.front_matter), dialect.settings
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
    """The scalar settings of Jekyll that texts may use as `site.…`."""
    if isinstance(dialect, Jekyll):
        return {
            f"site.{name}": as_text(value)
            for name, value in dialect.settings.scalars()
            if name not in {"url", "baseurl"}
        }
    return {}


def _lead(item: Item, rewriter: FileLinkRewriter, notes: NoteCollector) -> Picture | None:
    """The imported lead picture of a post; None if it has none in the folder."""
    lead = item.lead
    if lead is None:
        return None
    if item.kind is not ItemKind.POST:
        notes.lost("lead picture", f"{lead.written or lead.url}: only posts have one")
        return None
    url = rewriter.lead(lead.written, lead.url, alt=lead.alt)
    return Picture(url, lead.alt, lead.caption) if url else None


def _split_at_more(body: str, separator: str) -> tuple[str, str | None]:
    """The body without its "more" mark, and the text before the mark."""
    match = _MORE.search(body)
    if match is not None and not find_code(body).contains(match.start()):
        return body[: match.start()] + body[match.end() :], body[: match.start()]
    # Short separators, such as an empty line, only mean the first paragraph, with which an excerpt begins anyway.
    at = body.find(separator) if len(separator) > 2 else -1
    if at < 0:
        return body, None
    return body[:at] + body[at + len(separator) :], body[:at]


def _iframes_to_links(body: str, notes: NoteCollector) -> str:
    """Replace frames with pages of other sites, which are not shown, by links."""
    if _FRAME.search(body) is None:
        return body
    code = find_code(body)

    def replace(match: re.Match[str]) -> str:
        source = _SOURCE.search(match[1])
        if source is None or code.contains(match.start()):
            return match[0]
        address = source[1] if not source[1].startswith("//") else f"https:{source[1]}"
        title = _FRAME_TITLE.search(match[1])
        label = title[1] if title else unescape(address)
        notes.changed("iframe", f"a link to {unescape(address)} now")
        return f'<a href="{address}">{label}</a>'

    return _FRAME.sub(replace, body)


def _note_lost_elements(body: str, notes: NoteCollector) -> None:
    """Note the elements and styles that the sanitiser will remove."""
    if _ELEMENT.search(body) is None:
        return
    code = find_code(body)
    allowed = TAGS[SanitiserProfile.ARTICLE]
    elements: Counter[str] = Counter()
    styles = 0
    for match in _ELEMENT.finditer(body):
        if code.contains(match.start()):
            continue
        if match[1].lower() not in allowed:
            elements[match[1].lower()] += 1
        styles += bool(_STYLE.search(match[2]))
    for name, count in elements.items():
        notes.lost(f"<{name}>", "a post cannot hold this element", count=count)
    if styles:
        notes.lost("style attributes", "the theme of the publication decides the look", count=styles)
