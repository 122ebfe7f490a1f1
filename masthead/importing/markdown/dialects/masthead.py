"""The dialect of `masthead export markdown`: Masthead's Markdown with exact fields.

Nothing is guessed or cleaned, so that an import followed by an export gives the same bytes.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import ClassVar, Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import (
    Item,
    ItemKind,
    LeadPicture,
    NoteCollector,
    PublicationStatus,
    SkippedItem,
    SourceAuthor,
)
from masthead.importing.markdown import export_data, item_builder
from masthead.importing.markdown.dialect import Dialect, without_extension
from masthead.importing.reading import dates, front_matter, plain_text
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import FrontMatterFields, as_list, as_text
from masthead.importing.reading.front_matter import SourceDocument
from masthead.importing.reading.plain_text import printable
from masthead.tags.actions import without_comma
from masthead.text import generator_tags
from masthead.text.names import name_key

MANIFEST: Final = "masthead-export.json"
_FOLDERS: Final = {"content/posts": ItemKind.POST, "content/pages": ItemKind.PAGE}


class Masthead(Dialect):
    """A folder that Masthead has exported."""

    title: ClassVar[str] = "Masthead"
    settings_files: ClassVar[tuple[str, ...]] = (MANIFEST,)
    #: `data` and `static` hold no texts; `export_data` reads them.
    skipped_folders: ClassVar[frozenset[str]] = frozenset(
        {"data", "static", "layouts", "public", "resources"}
    )
    is_own_export: ClassVar[bool] = True

    def item(self, path: str, content: bytes) -> Item | SkippedItem:
        """Read an item from the content of a file; raises `Unreadable`."""
        kind = _FOLDERS.get(str(PurePosixPath(path).parent))
        if kind is None:
            return SkippedItem(printable(path), "It lies outside of content/posts and content/pages.")
        decoded = decode(content)
        document = front_matter.split(decoded.text, headers=False)
        fields = document.fields()
        notes = NoteCollector()
        at = self._moment(fields, "date")
        updated = self._moment(fields, "lastmod")
        canonical = item_builder.canonical(fields, notes)
        stem = without_extension(path).rpartition("/")[2]
        # Fields that are not used get a note in the report, except these, which the export adds for other programs.
        fields.mark_read("url", *generator_tags.LEFT_ALONE)
        return Item(
            source=printable(path),
            kind=kind,
            title=" ".join(fields.text("title").split()) or plain_text.title_from_file_name(stem),
            slug=fields.text("slug") or stem,
            date=at,
            updated=updated,
            status=self._status(fields, at),
            authors=self._credited(fields),
            tags=tuple(without_comma(as_text(name)) for name in as_list(fields.value("tags"))),
            summary=fields.text("summary"),
            lead=_lead(fields),
            canonical=canonical,
            language=fields.text("language") or None,
            old_paths=tuple(dict.fromkeys(as_text(path) for path in as_list(fields.value("aliases")))),
            body=_text(document),
            body_line=document.body_line,
            comments_open=fields.text("comments") != "closed",
            translation_key=item_builder.translation_key(fields),
            draft_date=self._moment(fields, "published_at"),
            notes=(*notes.notes, *item_builder.unused_field_notes(fields)),
        )

    def _moment(self, fields: FrontMatterFields, name: str) -> datetime | None:
        value = fields.value(name)
        if value is None:
            return None
        try:
            return dates.parse_date(value, self.zone)
        except ValueError as error:
            raise Unreadable(str(error), line=fields.line(name)) from None

    def _status(self, fields: FrontMatterFields, at: datetime | None) -> PublicationStatus:
        """The status of the export. A future date schedules the post without --publish-future, as editors here chose it."""
        if fields.text("status") == "in_review":
            fields.flag("draft")
            return PublicationStatus.IN_REVIEW
        if fields.flag("draft"):
            return PublicationStatus.DRAFT
        return (
            PublicationStatus.SCHEDULED
            if at is not None and at > self.options.now
            else PublicationStatus.PUBLISHED
        )

    def _credited(self, fields: FrontMatterFields) -> tuple[SourceAuthor, ...]:
        names = [as_text(name) for name in as_list(fields.value("authors"))]
        return tuple(self.known_authors.get(name_key(name), SourceAuthor(name, name)) for name in names)

    def _authors(self) -> Iterator[SourceAuthor]:
        """The authors in `data/authors.yaml`."""
        return (entry.author for entry in export_data.authors(self))


def _lead(fields: FrontMatterFields) -> LeadPicture | None:
    url = fields.text("image")
    alt, caption = fields.text("image_alt"), fields.text("image_caption")
    return LeadPicture(url, alt, caption) if url else None


def _text(document: SourceDocument) -> str:
    return generator_tags.restored(document.body.strip("\n"))
