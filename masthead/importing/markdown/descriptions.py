"""Reads texts and data of the old site that describe an author or a topic.

They are read first, because every text may credit an author or name a topic. A short text without markup goes into the
profile or tag; a longer one, or one with pictures, stays a page.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import TopicDescription
from masthead.importing.markdown import alias_fields, authors
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.markdown.site_settings import SiteSettings
from masthead.importing.reading import front_matter, plain_text
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import THEME_FIELDS, FrontMatterFields, Value
from masthead.importing.urls import permalinks
from masthead.tags.models import DESCRIPTION_CHARACTERS, NAME_CHARACTERS
from masthead.text.excerpts import excerpt
from masthead.text.markdown.renderer import render
from masthead.text.names import name_key

AUTHOR_FOLDERS: Final = ("authors", "author")
SUMMARIES: Final = ("summary", "description", "excerpt", "standfirst", "subtitle", "about")
TOPIC_NAMES: Final = ("tag", "category", "topic", "label", "name", "title")
_TOPIC_KEYS: Final = ("slug", "key", "id", "tag", "name")
_ENDINGS: Final = (".md", ".markdown")
_WORD: Final = re.compile(r"\w")
#: Markup that a profile cannot show: pictures, elements, template tags, headings, lists, quotations, tables, code.
_MORE_THAN_WORDS: Final = re.compile(
    r"\{[{%]|!\[|<[a-zA-Z/]|^ {0,3}(?:[#>|*+-]|\d+[.)] |```|~~~)", re.MULTILINE
)
_LINK: Final = re.compile(r"\]\(|\]\[|<https?:")


@dataclass(frozen=True, slots=True)
class DescriptionFile:
    """A text that describes an author or a topic."""

    values: Mapping[str, Value]
    summary: str
    aliases: tuple[str, ...]
    #: The path of the text; '' if it stays a page, which then keeps the addresses.
    file: str
    #: Fields that profiles and tags do not have.
    unsupported: tuple[str, ...] = ()


def description_texts(folder: SourceFolder, within: str) -> Iterator[tuple[str, str]]:
    """The texts of a folder and the index texts of its subfolders, each with its name in addresses."""
    for path in folder.files_in(within):
        stem, dot, ending = path.rpartition("/")[2].rpartition(".")
        if dot + ending in _ENDINGS and stem.lower() not in {"index", "_index", "readme"}:
            yield path, stem
    for inner in folder.folders_in(within):
        for name in ("_index.md", "index.md"):
            if folder.has_file(f"{inner}/{name}"):
                yield f"{inner}/{name}", inner.rpartition("/")[2]
                break


def read_description(
    site: SiteSettings, path: str, stem: str, within: str, *, characters: int
) -> DescriptionFile | None:
    """Read a description; None if the text is a post. Raises `Unreadable`."""
    text = decode(site.folder.read(path)).text
    document = front_matter.split(text, headers=site.has_header_lines)
    fields = FrontMatterFields(document.values)
    name = path.rpartition("/")[2]
    if not document.values or (fields.value("date") is not None and not name.startswith("_index")):
        return None
    summary = plain_text.plain_line(fields.text(*SUMMARIES))
    words = _words(document.body)
    whole = "\n\n".join(filter(None, (summary, words)))
    if words is None or (words and len(whole) > characters):
        return DescriptionFile(document.values, excerpt(summary, characters), (), "")
    aliases = tuple(_addresses(site, fields, stem, within))
    left = (
        *_left(fields, FrontMatterFields(document.values)),
        *(["the addresses of its links"] if _LINK.search(document.body) else []),
    )
    return DescriptionFile(document.values, excerpt(whole, characters), aliases, path, left)


def _left(fields: FrontMatterFields, again: FrontMatterFields) -> tuple[str, ...]:
    for names in (SUMMARIES, TOPIC_NAMES, _TOPIC_KEYS, authors.FIELDS):
        # Without `params.bio`, the other fields of `params` are still unread.
        fields.mark_read(*(name for name in names if "." not in name or again.value(name) is not None))
    return tuple(name for name in fields.unread() if name.casefold().replace("-", "_") not in THEME_FIELDS)


def _words(body: str) -> str | None:
    """The text of a body without markup; None if the body has more markup than a profile can show."""
    if not _WORD.search(body):
        return ""
    return None if _MORE_THAN_WORDS.search(body) else render(body).plain.strip()


def _addresses(site: SiteSettings, fields: FrontMatterFields, stem: str, within: str) -> Iterator[str]:
    """The old addresses of the author's or topic's page, and its aliases."""
    own = permalinks.path_of(_own(site, fields, stem, within))
    base = site.base_path
    for at in dict.fromkeys((base, "")):
        yield f"{at}{own}"
        if not own.endswith(".html"):
            yield f"{at}{own.rstrip('/')}.html"
    yield from alias_fields.alias_paths(fields, base + own, base=base, beside=site.aliases_are_relative)


def _own(site: SiteSettings, fields: FrontMatterFields, stem: str, within: str) -> str:
    folder = within.rpartition("/")[2]
    usual = f"/{folder.lstrip('_')}/{stem}/"
    pattern = fields.text("permalink") or fields.text("url")
    if "://" in pattern and _is_elsewhere(site, pattern):
        # This is the author's website, not the address of the page.
        pattern = ""
    if not pattern and folder.startswith("_"):
        pattern = site.settings.text(f"collections.{folder[1:]}.permalink")
    if not pattern or "{" in pattern:
        return usual
    names = ("name", "title", "slug", "path", "basename")
    tokens = dict.fromkeys(names, stem) | {"collection": folder.lstrip("_"), "output_ext": ".html"}
    return pattern if "://" in pattern else permalinks.expand(pattern, tokens) or usual


def _is_elsewhere(site: SiteSettings, address: str) -> bool:
    host = permalinks.host_of(site.old_url)
    return not host or permalinks.host_of(address) != host


def topics(site: SiteSettings) -> tuple[dict[str, TopicDescription], dict[str, tuple[str, ...]]]:
    """The described topics by every name that texts may use for them, and the unsupported fields by file.

    The first description of a name counts.
    """
    found: dict[str, TopicDescription] = {}
    unsupported: dict[str, tuple[str, ...]] = {}
    for keys, topic in _topics(site, unsupported):
        for key in filter(None, map(name_key, keys)):
            found.setdefault(key, topic)
    return found, unsupported


def _topics(
    site: SiteSettings, unsupported: dict[str, tuple[str, ...]]
) -> Iterator[tuple[Iterable[str], TopicDescription]]:
    for within in site.topic_folders():
        for path, stem in description_texts(site.folder, within):
            try:
                described = read_description(site, path, stem, within, characters=DESCRIPTION_CHARACTERS)
            except Unreadable:
                # The scan reports the file.
                continue
            fields = FrontMatterFields(described.values if described else {})
            name = topic_name(fields.text(*TOPIC_NAMES))
            if described:
                keys = (stem, name, fields.text("tag"), fields.text("category"))
                unsupported[path] = described.unsupported
                yield keys, TopicDescription(name, described.summary, described.aliases, described.file)
    for written in site.topic_data():
        yield from _from_data(site, written)


def _from_data(site: SiteSettings, written: Value) -> Iterator[tuple[Iterable[str], TopicDescription]]:
    """Topics in data: a mapping by key or a list; a mapping may have the description as its value."""
    entries = (
        written.items()
        if isinstance(written, dict)
        else (("", one) for one in written or ())
        if isinstance(written, list)
        else ()
    )
    for key, about in entries:
        if isinstance(about, dict):
            fields = FrontMatterFields(about)
        elif isinstance(about, str) and key:
            fields = FrontMatterFields({"description": about})
        else:
            continue
        name = topic_name(fields.text("name", "title", "label"))
        summary = excerpt(plain_text.plain_line(fields.text(*SUMMARIES)), DESCRIPTION_CHARACTERS)
        if key or name:
            aliases = tuple(alias_fields.alias_paths(fields, "", base=site.base_path, beside=False))
            yield (key, name, fields.text(*_TOPIC_KEYS)), TopicDescription(name, summary, aliases)


def topic_name(written: str) -> str:
    """The name as a valid name of a tag; '' if it is not valid."""
    name = " ".join(plain_text.plain_line(written).replace(",", " ").split()).lstrip("#")
    return name if name_key(name) and len(name) <= NAME_CHARACTERS else ""
