"""The items that every source yields, before they are stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from masthead.importing.reading.fields import Value


class ItemKind(StrEnum):
    """The kind of object that an item is stored as."""

    POST = "post"
    PAGE = "page"
    #: An old address that leads elsewhere, without content.
    REDIRECT = "redirect"


class PublicationStatus(StrEnum):
    """The status of a text on the old site."""

    DRAFT = "draft"
    PUBLISHED = "published"
    #: To be published at a date in the future.
    SCHEDULED = "scheduled"
    #: A draft that waits for an editor.
    IN_REVIEW = "in_review"


class ItemOutcome(StrEnum):
    """The result of an import for one item."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    #: The item has changed in the source, but was edited or deleted here as well: the edit here wins.
    KEPT = "kept"
    SKIPPED = "skipped"
    FAILED = "failed"


class NoteKind(StrEnum):
    """The effect of the import on a part of an item."""

    CHANGED = "changed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ImportNote:
    """A note for the report about a part of an item that changed or was lost. Counts of equal ``what`` are added up."""

    kind: NoteKind
    what: str
    detail: str = ""
    line: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class SourceAuthor:
    """An author as the source describes them."""

    #: The name under which texts credit the author.
    key: str
    name: str
    bio: str = ""
    website: str = ""
    #: The old addresses of the author's page.
    aliases: tuple[str, ...] = ()
    #: The text that goes whole into the profile, if one describes the author.
    file: str = ""
    #: The preferred user name; '' to make it from the key.
    username: str = ""
    #: The old site had a page of the author's texts.
    has_page: bool = True


class CommentState(StrEnum):
    """The state of a comment on the old site. Spam, removed comments and notes of editors are no comments here."""

    APPROVED = "approved"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class SourceComment:
    """A comment of the old site."""

    #: The name of the comment below its item, stable from import to import.
    key: str
    #: The key of the comment that this one answers; '' for the text itself.
    parent: str
    author: SourceAuthor
    #: HTML.
    body: str
    state: CommentState
    at: datetime


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of a menu: the item or the old address that it leads to."""

    label: str
    item: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class TopicDescription:
    """A description of a tag, a category or a term."""

    #: '' if only the posts name the topic.
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()
    #: The text that goes whole into the tag; '' for data, and for a text that stays a page.
    file: str = ""


@dataclass(frozen=True, slots=True)
class LeadPicture:
    """The picture above a text."""

    #: The URL, resolved against the text's own address on the old site.
    url: str
    alt: str = ""
    caption: str = ""
    #: The URL as the source has it.
    written: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A post, a page or a redirect. The body is still in the markup of the source."""

    #: The name of the item in its source, printable and stable; a file's path.
    source: str
    kind: ItemKind
    title: str
    slug: str
    date: datetime | None
    updated: datetime | None
    status: PublicationStatus
    authors: tuple[SourceAuthor, ...]
    tags: tuple[str, ...]
    summary: str
    lead: LeadPicture | None
    canonical: str | None
    language: str | None
    #: The item's own address on the old site comes first, then the addresses that redirected to it.
    old_paths: tuple[str, ...]
    body: str
    body_line: int
    #: Scalar values of the front matter, for templates that name them.
    variables: tuple[tuple[str, str], ...] = ()
    #: The whole front matter with its defaults, where texts are templates that use it.
    front_matter: Mapping[str, Value] = field(default_factory=dict)
    redirect_to: str | None = None
    #: The date comes from the file system; a different one the next time is not a change.
    date_is_guessed: bool = False
    comments_open: bool = True
    #: Equal in all translations of the text.
    translation_key: str = ""
    #: Words and a picture for search results and cards, by the names of the post's fields.
    card: tuple[tuple[str, str], ...] = ()
    #: The picture for cards, by its address on the old site; `TranslatedBody.card_image` is its address here.
    card_picture: str = ""
    #: The publication date of a draft that was public before, or is to be published then (own exports).
    draft_date: datetime | None = None
    notes: tuple[ImportNote, ...] = ()

    def without_body(self) -> Self:
        """The item without body and template variables, which need most of the memory."""
        return replace(self, body="", variables=(), front_matter={})

    def preserved(self) -> Iterator[str]:
        """The names of the parts that came over unchanged, for the report."""
        yield "title"
        yield from (
            word
            for word, there in (
                ("date", self.date and not self.date_is_guessed),
                ("summary", self.summary),
                ("lead picture", self.lead),
                ("canonical address", self.canonical),
                ("language", self.language),
                ("words for search results and cards", self.card),
                ("link to translations", self.translation_key),
            )
            if there
        )
        yield from (
            f"{len(things)} {word if len(things) == 1 else word + endings}"
            for word, endings, things in (
                ("author", "s", self.authors),
                ("tag", "s", self.tags),
                ("old address", "es", self.old_paths),
            )
            if things
        )


@dataclass(frozen=True, slots=True)
class ScannedItem:
    """An item as the first pass over the source sees it; a few hundred bytes, however long the text is."""

    #: The key by which the source finds the item again; a file's path as the file system spells it.
    locator: str
    source: str
    kind: ItemKind
    slug: str
    language: str | None
    #: The item is not in the main language of the site.
    is_translation: bool = False


@dataclass(frozen=True, slots=True)
class SkippedItem:
    """Something in the source that is left out on purpose, with the reason."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemFailure:
    """An item that cannot be imported, with the reason."""

    source: str
    reason: str
    line: int | None = None


@dataclass(slots=True)
class NoteCollector:
    """Collects the notes about one item."""

    notes: list[ImportNote] = field(default_factory=list)

    def changed(self, what: str, detail: str = "", *, line: int | None = None, count: int = 1) -> None:
        """Note that a part is expressed in another way."""
        self.notes.append(ImportNote(NoteKind.CHANGED, what, detail, line, count))

    def lost(self, what: str, detail: str = "", *, line: int | None = None, count: int = 1) -> None:
        """Note that a part was not imported."""
        self.notes.append(ImportNote(NoteKind.LOST, what, detail, line, count))
