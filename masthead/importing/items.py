"""What a file becomes before it is stored: one shape for every dialect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from masthead.importing.reading.fields import Value


class Kind(StrEnum):
    """What an item is stored as."""

    POST = "post"
    PAGE = "page"
    #: Nothing but an old address that leads elsewhere.
    REDIRECT = "redirect"


class Standing(StrEnum):
    """How far the text had come where it was."""

    DRAFT = "draft"
    PUBLISHED = "published"
    #: Public at a date that lies ahead.
    SCHEDULED = "scheduled"
    #: A draft that waits for an editor.
    IN_REVIEW = "in_review"


class Fate(StrEnum):
    """What became of a part of a file."""

    CHANGED = "changed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is not as it was: what, and why or how. The same ``what`` is added up over all files."""

    fate: Fate
    what: str
    detail: str = ""
    line: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who is credited. The key is what files call them."""

    key: str
    name: str
    bio: str = ""
    website: str = ""
    #: Where the old site had a page about them.
    aliases: tuple[str, ...] = ()
    #: The text that goes to the profile whole, if one describes them.
    file: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """The picture above a text."""

    #: As seen from the text's own address on the old site.
    url: str
    alt: str = ""
    caption: str = ""
    #: As it stands in the file.
    written: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A post, a page or a redirect, as its source meant it. The body is still in the source's own dialect."""

    source: str
    kind: Kind
    title: str
    slug: str
    date: datetime | None
    updated: datetime | None
    standing: Standing
    authors: tuple[Author, ...]
    tags: tuple[str, ...]
    summary: str
    lead: Lead | None
    canonical: str | None
    language: str | None
    #: Its own address where it was comes first, then those that led to it.
    old_paths: tuple[str, ...]
    body: str
    body_line: int
    #: The front matter's single values, for templates that name them.
    variables: tuple[tuple[str, str], ...] = ()
    #: All of it, with what the settings say about the file, where texts may be templates over it.
    front_matter: Mapping[str, Value] = field(default_factory=dict)
    redirect_to: str | None = None
    #: The date is only the file's; it does not count as a change when it differs the next time.
    date_is_guessed: bool = False
    comments_open: bool = True
    #: The same in all translations of the text.
    translation_key: str = ""
    #: The date of publication of a draft that was public, or has one for later (our own exports).
    draft_date: datetime | None = None
    notes: tuple[Note, ...] = ()

    def kept(self) -> Iterator[str]:
        """What came over whole, in words for the report."""
        yield "title"
        yield from (
            word
            for word, there in (
                ("date", self.date and not self.date_is_guessed),
                ("summary", self.summary),
                ("lead picture", self.lead),
                ("canonical address", self.canonical),
                ("language", self.language),
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
class LeftOut:
    """A file that is no text of the publication, and why it stays out."""

    source: str
    reason: str


@dataclass(slots=True)
class Notebook:
    """Notes that are being taken about one file."""

    notes: list[Note] = field(default_factory=list)

    def changed(self, what: str, detail: str = "", *, line: int | None = None, count: int = 1) -> None:
        """Write down that something is expressed in another way."""
        self.notes.append(Note(Fate.CHANGED, what, detail, line, count))

    def lost(self, what: str, detail: str = "", *, line: int | None = None, count: int = 1) -> None:
        """Write down that something did not come over."""
        self.notes.append(Note(Fate.LOST, what, detail, line, count))
