"""What `masthead export markdown` writes: our own Markdown, with fields that mean exactly what they say.

Nothing is guessed or tidied here, so that an export of what was imported gives the same bytes.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import ClassVar, Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import Author, Item, Kind, Lead, LeftOut, Notebook, Standing
from masthead.importing.markdown import export_data, item_builder
from masthead.importing.markdown.dialects.base import Dialect, without_ending
from masthead.importing.markdown.folder import shown
from masthead.importing.reading import dates, front_matter, plain_text
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import Fields, as_list, as_text
from masthead.importing.reading.front_matter import Document
from masthead.tags.actions import without_comma
from masthead.text import generator_tags
from masthead.text.names import name_key

MANIFEST: Final = "masthead-export.json"
_FOLDERS: Final = {"content/posts": Kind.POST, "content/pages": Kind.PAGE}


class Masthead(Dialect):
    """A folder that another Masthead, or this one, has exported."""

    title: ClassVar[str] = "Masthead"
    settings_files: ClassVar[tuple[str, ...]] = (MANIFEST,)
    #: `data` and `static` hold no texts; what they hold is read by `belongings`.
    left_out_folders: ClassVar[frozenset[str]] = frozenset(
        {"data", "static", "layouts", "public", "resources"}
    )
    is_ours: ClassVar[bool] = True

    def item(self, path: str, content: bytes) -> Item | LeftOut:
        """What a file becomes; raises `Unreadable`."""
        kind = _FOLDERS.get(str(PurePosixPath(path).parent))
        if kind is None:
            return LeftOut(shown(path), "It lies outside of content/posts and content/pages.")
        decoded = decode(content)
        document = front_matter.split(decoded.text, headers=False)
        fields = document.fields()
        notes = Notebook()
        at = self._moment(fields, "date")
        updated = self._moment(fields, "lastmod")
        canonical = item_builder.canonical(fields, notes)
        stem = without_ending(path).rpartition("/")[2]
        # Front matter of a page or a field that nobody asks for is reported, as from any other folder.
        fields.mark("url", *generator_tags.LEFT_ALONE)
        return Item(
            source=shown(path),
            kind=kind,
            title=" ".join(fields.text("title").split()) or plain_text.titled(stem),
            slug=fields.text("slug") or stem,
            date=at,
            updated=updated,
            standing=self._standing(fields, at),
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
            notes=(*notes.notes, *item_builder.unasked(fields)),
        )

    def _moment(self, fields: Fields, name: str) -> datetime | None:
        value = fields.value(name)
        if value is None:
            return None
        try:
            return dates.moment(value, self.zone)
        except ValueError as error:
            raise Unreadable(str(error), line=fields.line(name)) from None

    def _standing(self, fields: Fields, at: datetime | None) -> Standing:
        """As it was: a date ahead was chosen by an editor of this publication, so nobody needs to be asked again."""
        if fields.text("status") == "in_review":
            fields.flag("draft")
            return Standing.IN_REVIEW
        if fields.flag("draft"):
            return Standing.DRAFT
        return Standing.SCHEDULED if at is not None and at > self.options.now else Standing.PUBLISHED

    def _credited(self, fields: Fields) -> tuple[Author, ...]:
        names = [as_text(name) for name in as_list(fields.value("authors"))]
        return tuple(self.known_authors.get(name_key(name), Author(name, name)) for name in names)

    def _authors(self) -> Iterator[Author]:
        """Those whom `data/authors.yaml` describes."""
        return (entry.author for entry in export_data.people(self))


def _lead(fields: Fields) -> Lead | None:
    url = fields.text("image")
    alt, caption = fields.text("image_alt"), fields.text("image_caption")
    return Lead(url, alt, caption) if url else None


def _text(document: Document) -> str:
    return generator_tags.restored(document.body.strip("\n"))
