"""Builds an item from front matter and body: title, date, summary, tags and the other fields of all dialects."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from masthead.content.rendering import SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.importing.card import CARD_LIMITS
from masthead.importing.items import ImportNote, Item, ItemKind, NoteCollector, NoteKind, SourceAuthor
from masthead.importing.markdown import alias_fields, authors, lead_pictures, publication_status
from masthead.importing.markdown.dialect import Dialect, GeneratorRules, PathInfo
from masthead.importing.reading import plain_text
from masthead.importing.reading.fields import THEME_FIELDS, FrontMatterFields, Value, as_list, as_text
from masthead.importing.reading.front_matter import SourceDocument
from masthead.importing.reading.plain_text import printable
from masthead.importing.urls import permalinks
from masthead.tags.models import NAME_CHARACTERS, TAGS_LIMIT
from masthead.text.excerpts import excerpt
from masthead.text.languages import TRANSLATION_KEY_CHARACTERS
from masthead.text.names import name_key
from masthead.text.slugs import slugify

SUMMARIES: Final = ("excerpt", "summary", "description", "standfirst", "dek", "subtitle", "abstract")
LANGUAGES: Final = ("lang", "language", "locale")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")


def build_item(
    dialect: GeneratorRules,
    path: str,
    info: PathInfo,
    document: SourceDocument,
    fields: FrontMatterFields,
    notes: NoteCollector,
) -> Item:
    """Build an item from front matter and body; raises `Unreadable` for an invalid date."""
    at, guessed = _date(dialect, path, info, fields, notes)
    status = publication_status.status_of(dialect, info, fields, at, notes)
    own = _addresses(dialect, info, path, fields, at)
    title, body, body_line = _title(info, document, fields, notes)
    summary = _summary(fields, notes)
    return Item(
        source=printable(path),
        kind=_kind(info, fields),
        title=title,
        slug=_slug(info, fields, own),
        date=at,
        updated=publication_status.updated_at(dialect, fields, at, notes),
        status=status,
        authors=_authors(dialect, info, fields),
        tags=_tags(dialect, fields, notes),
        summary=summary,
        lead=lead_pictures.find_lead_picture(fields, own),
        canonical=canonical(fields, notes),
        card=_card(fields),
        language=_language(dialect, info, fields, notes),
        old_paths=permalinks.unique([*own, *_former(dialect, fields, own)]),
        body=body,
        body_line=body_line,
        variables=_variables(document),
        front_matter=_front_matter(dialect, path, document),
        redirect_to=_redirect_to(fields),
        date_is_guessed=guessed,
        comments_open=_comments_open(fields),
        translation_key=translation_key(fields, info.translation_key),
        notes=tuple(notes.notes + list(unused_field_notes(fields))),
    )


def _date(
    dialect: Dialect, path: str, info: PathInfo, fields: FrontMatterFields, notes: NoteCollector
) -> tuple[datetime | None, bool]:
    """The publication date, and True if it is only the date of the file."""
    at = publication_status.published_at(dialect, info, fields)
    if at is None and info.kind is ItemKind.POST and not info.is_draft:
        return publication_status.file_date(dialect, path, notes), True
    return at, False


def _front_matter(dialect: GeneratorRules, path: str, document: SourceDocument) -> dict[str, Value]:
    """The front matter with its defaults, if texts of the dialect are templates that use it."""
    return {**dialect.defaults(path), **document.values} if dialect.templates_use_front_matter else {}


def _variables(document: SourceDocument) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, as_text(value))
        for name, value in document.values.items()
        if not isinstance(value, (list, dict))
    )


def _authors(dialect: GeneratorRules, info: PathInfo, fields: FrontMatterFields) -> tuple[SourceAuthor, ...]:
    """The authors in the front matter; for posts without any, the author in the settings."""
    found = authors.credited_authors(fields, dialect.known_authors, singular_lists=dialect.author_is_list)
    if found or info.kind is not ItemKind.POST:
        return found
    default = dialect.site_author() or {"author": dialect.options.byline}
    return authors.credited_authors(FrontMatterFields(default), dialect.known_authors)


def _kind(info: PathInfo, fields: FrontMatterFields) -> ItemKind:
    return ItemKind.REDIRECT if _redirect_to(fields) else info.kind


def _redirect_to(fields: FrontMatterFields) -> str | None:
    """The target of a text that is only a redirect; the first of a list, as in Jekyll."""
    written = as_list(fields.value("redirect_to"))
    return as_text(written[0]).strip() or None if written else None


def _addresses(
    dialect: GeneratorRules, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
) -> tuple[str, ...]:
    local = publication_status.local_date(dialect, info, fields, at) if at else None
    own = permalinks.unique(map(permalinks.percent_encoded, dialect.addresses(info, path, fields, local)))
    base = dialect.base_path
    return permalinks.unique([*(base + path for path in own if base), *own])


def _former(dialect: GeneratorRules, fields: FrontMatterFields, own: tuple[str, ...]) -> Iterator[str]:
    at = own[0] if own else ""
    return alias_fields.alias_paths(fields, at, base=dialect.base_path, beside=dialect.aliases_are_relative)


def _slug(info: PathInfo, fields: FrontMatterFields, own: tuple[str, ...]) -> str:
    wanted = fields.text("slug")
    if not wanted and own and fields.text("permalink", "url", "path", "save_as"):
        wanted = re.sub(r"\.html?$|/$", "", re.sub(r"/index\.html?$", "/", own[0])).rpartition("/")[2]
    if not wanted and info.kind is ItemKind.PAGE:
        wanted = " ".join([*info.folders, info.stem])
    return slugify(wanted or info.stem)


def _title(
    info: PathInfo, document: SourceDocument, fields: FrontMatterFields, notes: NoteCollector
) -> tuple[str, str, int]:
    """The title, the body without the heading that became the title, and the body's first line."""
    written = fields.text("title")
    body, line = document.body, document.body_line
    if not written:
        heading = plain_text.first_heading(body)
        if heading:
            written, end = heading
            line += body.count("\n", 0, end)
            body = body[end:]
            notes.changed("title", "taken from the first heading")
    if not written:
        written = plain_text.title_from_file_name(info.stem)
        notes.changed("title", "made from the file's name")
    title = plain_text.plain_line(written) or plain_text.title_from_file_name(info.stem)
    if len(title) > TITLE_CHARACTERS:
        notes.changed(
            "long title", f"cut from {len(title)} to {TITLE_CHARACTERS} characters", line=fields.line("title")
        )
        title = excerpt(title, TITLE_CHARACTERS)
    return title, body, line


def _summary(fields: FrontMatterFields, notes: NoteCollector) -> str:
    found = ""
    for name in SUMMARIES:
        written = fields.text(name)
        text = plain_text.plain_line(written)
        if not text or text.casefold() == found.casefold():
            continue
        if found:
            notes.lost(
                name, "a post has one summary, and another field is used for it", line=fields.line(name)
            )
            continue
        found = text
        if text != " ".join(written.split()):
            notes.changed("summary", "without its markup", line=fields.line(name))
    if len(found) > SUMMARY_CHARACTERS:
        notes.changed("long summary", f"cut from {len(found)} to {SUMMARY_CHARACTERS} characters")
        found = excerpt(found, SUMMARY_CHARACTERS)
    return found


def _tags(dialect: Dialect, fields: FrontMatterFields, notes: NoteCollector) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for written in dialect.tags(fields):
        if (topic := dialect.topic(written)) is not None and topic.name:
            found.setdefault(name_key(topic.name), topic.name)
            continue
        name = " ".join(plain_text.plain_line(written).replace(",", " ").split()).lstrip("#")
        if len(name) > NAME_CHARACTERS:
            notes.changed(
                "long tag", f"“{name[:20]}…” is cut to {NAME_CHARACTERS} characters", line=fields.line("tags")
            )
            name = name[:NAME_CHARACTERS].strip()
        if name:
            found.setdefault(name_key(name), name)
    names = [name for key, name in found.items() if key]
    if len(names) > TAGS_LIMIT:
        left = len(names) - TAGS_LIMIT
        notes.lost(
            "tags beyond the limit",
            f"{left} of {len(names)}; a post has at most {TAGS_LIMIT}",
            line=fields.line("tags"),
            count=left,
        )
    return tuple(names[:TAGS_LIMIT])


def _comments_open(fields: FrontMatterFields) -> bool:
    return fields.flag("comments") is not False


def canonical(fields: FrontMatterFields, notes: NoteCollector) -> str | None:
    """The canonical URL of a text; None if it has no valid one."""
    address = fields.text("canonical_url", "canonical", "canonicalURL", "extra.canonical")
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in {"http", "https"} and parts.hostname and not re.search(r"[\s<>\"]", address):
        return address
    notes.lost(
        "canonical address",
        f"“{address[:80]}” is not a web address",
        line=fields.line("canonical_url", "canonical"),
    )
    return None


def _card(fields: FrontMatterFields) -> tuple[tuple[str, str], ...]:
    """Return the words and the picture for search results and cards, as far as they can be stored."""
    found = {name: " ".join(fields.text(name).split()) for name in CARD_LIMITS}
    return tuple((name, value) for name, value in found.items() if value and len(value) <= CARD_LIMITS[name])


def _language(
    dialect: Dialect, info: PathInfo, fields: FrontMatterFields, notes: NoteCollector
) -> str | None:
    written = fields.text(*LANGUAGES) or info.language or dialect.default_language
    if not written:
        return None
    if _LANGUAGE.fullmatch(written):
        return written.replace("_", "-")
    notes.lost("language", f"“{written[:40]}” is not the code of a language", line=fields.line(*LANGUAGES))
    return None


def translation_key(fields: FrontMatterFields, otherwise: str = "") -> str:
    """The key that translations of a text share: from the front matter, or else from the file name."""
    key = " ".join((fields.text("translationKey", "translation_key") or otherwise).split())
    # The end of a long path distinguishes it better than its beginning.
    return key[-TRANSLATION_KEY_CHARACTERS:].strip() if key.isprintable() else ""


def unused_field_notes(fields: FrontMatterFields) -> Iterator[ImportNote]:
    """Notes about front matter fields that the import does not use."""
    for name in fields.unread():
        if name.casefold().replace("-", "_") not in THEME_FIELDS:
            yield ImportNote(
                NoteKind.LOST,
                plain_text.shortened(name),
                "Masthead has no such field",
                line=fields.line(name),
            )
