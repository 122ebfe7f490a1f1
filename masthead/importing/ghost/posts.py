"""Makes texts of Ghost's posts and pages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from masthead.content.rendering import SUMMARY_CHARACTERS
from masthead.importing.card import fitting_card
from masthead.importing.errors import Unreadable
from masthead.importing.ghost import lexical, mobiledoc
from masthead.importing.ghost.cards import CardWriter
from masthead.importing.ghost.envelope import GhostTables, Row, children, date, flag, text
from masthead.importing.html.tree import parse
from masthead.importing.items import (
    Item,
    ItemKind,
    LeadPicture,
    NoteCollector,
    PublicationStatus,
    SourceAuthor,
)
from masthead.importing.texts.record import BodyPart, TextRecord, fitting_tags, fitting_title
from masthead.importing.urls import permalinks
from masthead.people.models import BIO_CHARACTERS, NAME_CHARACTERS, WEBSITE_CHARACTERS
from masthead.text.excerpts import excerpt
from masthead.text.slugs import slugify

PLACEHOLDER: Final = "__GHOST_URL__"
_META: Final = {
    "codeinjection_head": "code injection", "codeinjection_foot": "code injection",
    "custom_template": "template of the theme", "email_subject": "subject of the email",
}  # fmt: skip
#: The fields of the post that take these, the first that is there.
_CARD: Final = {
    "meta_title": "meta_title", "meta_description": "meta_description", "og_title": "card_title", "twitter_title": "card_title",
    "og_description": "card_description", "twitter_description": "card_description", "og_image": "card_image",
    "twitter_image": "card_image",
}  # fmt: skip


class PostReader:
    """Reads the posts of one export."""

    def __init__(self, tables: GhostTables, now: datetime, byline: str) -> None:
        self._tables = tables
        self._now = now
        self._byline = byline
        self._users = tables.by_id("users")
        self._tags = tables.by_id("tags")
        self._meta = {text(row, "post_id"): row for row in tables.rows("posts_meta")}
        self._authors_of = tables.linked("posts_authors", "post_id", "author_id")
        self._tags_of = tables.linked("posts_tags", "post_id", "tag_id")
        self._structure = tables.setting("permalinks") or "/{slug}/"

    def record(self, row: Row, key: str) -> TextRecord:
        """Read a post or page."""
        notes = NoteCollector()
        kind = ItemKind.PAGE if text(row, "type") == "page" or flag(row, "page") else ItemKind.POST
        title = fitting_title(text(row, "title"), notes)
        slug = text(row, "slug")
        published = date(row, "published_at", "created_at")
        cards = CardWriter(notes)
        parts = self._parts(row, cards, notes)
        meta = self._meta.get(text(row, "id"), {})
        authors = tuple(self._authors(row)) if kind is ItemKind.POST else ()
        tags = list(self._tag_rows(row))
        names = _names_of(tags, notes)
        card = fitting_card(_card_fields(row, meta), kind=kind, title=title, notes=notes)
        item = Item(
            source=key,
            kind=kind,
            title=title,
            slug=slugify(slug or title),
            date=published,
            updated=date(row, "updated_at"),
            status=self._status(row, published, kind, notes),
            authors=authors,
            tags=names if kind is ItemKind.POST else (),
            summary=_summary(row, notes),
            lead=_lead(row, meta),
            canonical=text(row, "canonical_url") or text(meta, "canonical_url") or None,
            language=text(row, "locale") or None,
            old_paths=permalinks.unique(self._old_paths(row, slug, published, tags, authors)),
            body="",
            body_line=1,
            date_is_guessed=published is None,
            card=card.words,
            card_picture=card.picture,
        )
        _note_meta(row, meta, notes)
        return TextRecord(_with_notes(item, notes), parts, cards.visible)

    def _parts(self, row: Row, cards: CardWriter, notes: NoteCollector) -> list[BodyPart]:
        """The body: Markdown, Mobiledoc, Lexical or HTML, the first that can be read."""
        if text(row, "markdown"):
            return [BodyPart(_placed(text(row, "markdown")), is_markdown=True)]
        for name, read in (("mobiledoc", mobiledoc.parts), ("lexical", lexical.parts)):
            written = _placed(text(row, name))
            if not written:
                continue
            try:
                found = read(written, cards)
            except (Unreadable, ValueError, RecursionError, TypeError) as error:
                notes.changed("body", f"its {name} cannot be read ({error}), so its HTML was taken")
                cards.visible.clear()
                continue
            if any(part.text.strip() for part in found) or not text(row, "html"):
                return found
        html = text(row, "html")
        return [BodyPart(_placed(html))] if html else []

    def _authors(self, row: Row) -> Iterator[SourceAuthor]:
        numbers = self._authors_of.get(text(row, "id")) or [text(row, "author_id", "author")]
        rows = [self._users[number] for number in numbers if number in self._users]
        rows = rows or [*children(row, "authors")] or [*children(row, "author")]
        if not rows and self._byline:
            yield SourceAuthor(self._byline, self._byline)
        seen = set()
        for user in rows:
            author = author_of(user)
            if author.key not in seen:
                seen.add(author.key)
                yield author

    def _tag_rows(self, row: Row) -> Iterator[Row]:
        numbers = self._tags_of.get(text(row, "id"), [])
        found = [self._tags[number] for number in numbers if number in self._tags]
        return (tag for tag in found or [*children(row, "tags")] if text(tag, "name"))

    def _status(
        self, row: Row, published: datetime | None, kind: ItemKind, notes: NoteCollector
    ) -> PublicationStatus:
        status, visibility = text(row, "status"), text(row, "visibility") or "public"
        if status == "sent" or flag(row, "email_only"):
            notes.changed("status", "it was only sent as an email, so it is a draft here")
            return PublicationStatus.DRAFT
        if status in {"published", "scheduled"} and visibility != "public":
            notes.changed(
                "status", f"readers needed more than a link ({visibility[:60]}), so it is a draft here"
            )
            return PublicationStatus.DRAFT
        if status == "scheduled" and (published is None or published <= self._now or kind is ItemKind.PAGE):
            notes.changed("status", "it was to appear at a date that has passed, so it is a draft here")
            return PublicationStatus.DRAFT
        known = {"published": PublicationStatus.PUBLISHED, "scheduled": PublicationStatus.SCHEDULED}
        return known.get(status, PublicationStatus.DRAFT)

    def _old_paths(
        self, row: Row, slug: str, at: datetime | None, tags: list[Row], authors: tuple[SourceAuthor, ...]
    ) -> Iterator[str]:
        if text(row, "url"):
            yield permalinks.path_of(text(row, "url"))
        if not slug:
            return
        is_page = text(row, "type") == "page" or flag(row, "page")
        public = [text(tag, "slug") for tag in tags if not is_internal(tag)]
        words = {"slug": slug, "id": text(row, "id"), "primary_tag": public[0] if public else "all",
                 "author": authors[0].key if authors else "", "primary_author": authors[0].key if authors else ""}  # fmt: skip
        if at is not None:
            words |= {"year": f"{at:%Y}", "month": f"{at:%m}", "day": f"{at:%d}"}
        if not is_page:
            path = self._structure
            for name, value in words.items():
                path = path.replace(f"{{{name}}}", value).replace(f":{name}", value)
            yield "" if "{" in path or ":" in path else path
        yield f"/{slug}/"
        yield f"/{slug}/amp/"

    def use_structure(self, structure: str) -> None:
        """Take the permalinks from the routes of the old site."""
        self._structure = structure


def _names_of(tags: list[Row], notes: NoteCollector) -> tuple[str, ...]:
    """The names of public tags."""
    hidden = [text(tag, "name") for tag in tags if is_internal(tag)]
    if hidden:
        notes.lost("internal tags", ", ".join(hidden), count=len(hidden))
    return fitting_tags((text(tag, "name") for tag in tags if not is_internal(tag)), notes)


def is_internal(tag: Row) -> bool:
    """Check if a tag was never public."""
    return text(tag, "visibility") == "internal" or text(tag, "name").startswith("#")


def author_of(user: Row) -> SourceAuthor:
    """The author that a row describes."""
    name = text(user, "name") or text(user, "slug") or text(user, "email").partition("@")[0] or "Author"
    website = text(user, "website")
    fits = website.startswith(("http://", "https://")) and len(website) <= WEBSITE_CHARACTERS
    bio = excerpt(text(user, "bio"), BIO_CHARACTERS) if text(user, "bio") else ""
    return SourceAuthor(
        text(user, "slug") or slugify(name), excerpt(name, NAME_CHARACTERS), bio, website if fits else ""
    )


def _placed(body: str) -> str:
    """The body with links to the old site from its root."""
    return body.replace(PLACEHOLDER, "")


def _summary(row: Row, notes: NoteCollector) -> str:
    summary = text(row, "custom_excerpt")
    if len(summary) > SUMMARY_CHARACTERS:
        notes.lost("summary", f"cut, it was: {summary}")
        return excerpt(summary, SUMMARY_CHARACTERS)
    return summary


def _lead(row: Row, meta: Row) -> LeadPicture | None:
    address = _placed(text(row, "feature_image", "image"))
    if not address:
        return None
    caption = " ".join(
        parse(text(row, "feature_image_caption") or text(meta, "feature_image_caption")).text().split()
    )
    alt = text(row, "feature_image_alt") or text(meta, "feature_image_alt")
    return LeadPicture(address, alt=alt, caption=caption, written=address)


def _card_fields(row: Row, meta: Row) -> Iterator[tuple[str, str]]:
    for name, target in _CARD.items():
        yield target, _placed(text(row, name) or text(meta, name))


def _note_meta(row: Row, meta: Row, notes: NoteCollector) -> None:
    for name, what in _META.items():
        value = text(row, name) or text(meta, name)
        if value:
            notes.lost(what, value[:500])
    if flag(row, "featured"):
        notes.lost("featured", "no text stays at the top of the lists here")


def _with_notes(item: Item, notes: NoteCollector) -> Item:
    return replace(item, notes=tuple(notes.notes))
