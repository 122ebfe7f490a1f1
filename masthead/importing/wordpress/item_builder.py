"""Makes items of WordPress's posts, pages and reader."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from masthead.content.rendering import SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.importing.card import OldCard, fitting_card
from masthead.importing.html.tree import parse
from masthead.importing.items import (
    Item,
    ItemKind,
    LeadPicture,
    NoteCollector,
    PublicationStatus,
    SkippedItem,
    SourceAuthor,
)
from masthead.importing.urls import permalinks
from masthead.importing.wordpress import dates, php_values, reader, seo
from masthead.importing.wordpress.head import SiteHead
from masthead.importing.wordpress.spool import Spool
from masthead.tags import actions as tags
from masthead.tags.models import NAME_CHARACTERS, TAGS_LIMIT
from masthead.text.excerpts import excerpt
from masthead.text.names import name_key
from masthead.text.slugs import slugify

_KINDS: Final = {"post": ItemKind.POST, "page": ItemKind.PAGE, "attachment": ItemKind.REDIRECT}
_STATUSES: Final = {
    "publish": PublicationStatus.PUBLISHED,
    "draft": PublicationStatus.DRAFT,
    "pending": PublicationStatus.IN_REVIEW,
    "future": PublicationStatus.SCHEDULED,
    "private": PublicationStatus.DRAFT,
    "inherit": PublicationStatus.PUBLISHED,
}
#: Types that have their effect elsewhere, with the sentence of the report.
_OTHER_TYPES: Final = {
    "nav_menu_item": "It is an entry of a menu; the report's problems name the menus that are not the navigation here.",
    "wp_block": "It is a reusable block, and stands in each text that uses it.",
    "wp_navigation": "It is a menu of a block theme.",
    "wp_template": "It is a part of the theme.",
    "wp_template_part": "It is a part of the theme.",
    "wp_global_styles": "It is a style of the theme.",
    "wp_font_family": "It is a font of the theme.",
    "wp_font_face": "It is a font of the theme.",
    "custom_css": "It is a style sheet of the theme.",
    "customize_changeset": "It is a change of the theme.",
    "revision": "It is an earlier version of a text.",
    "oembed_cache": "It is a copy of another site's preview.",
    "user_request": "It is a request about personal data.",
}
_NO_TAGS: Final = frozenset(
    {"nav_menu", "post_format", "author", "wp_theme", "link_category", "language", "post_translations", "post_visibility"}
)  # fmt: skip
_META: Final = {"enclosure": "enclosure of a podcast", "_wp_page_template": "page template"}


class ItemBuilder:
    """Makes items of one export."""

    def __init__(
        self,
        head: SiteHead,
        spool: Spool,
        *,
        now: datetime,
        zone: tzinfo,
        byline: str,
        pictures: str,
        accepted: Collection[str] = (),
    ) -> None:
        self._head = head
        self._spool = spool
        self._now = now
        self._zone = zone
        self._byline = byline
        #: The reason for which attachments stay where they are; '' if they are imported.
        self._pictures = pictures
        self._accepted = accepted

    def item(self, key: str, data: dict[str, Any]) -> Item | SkippedItem:
        """Make the item, or say why it is left out."""
        reason = self._reason(data)
        if reason:
            return SkippedItem(key, reason)
        notes = NoteCollector()
        kind = _KINDS[data["type"]]
        date = dates.published(data, self._zone)
        title = self._title(data, notes)
        meta = dict(reversed(data["meta"]))
        is_text = kind is not ItemKind.REDIRECT
        summary = self._summary(data, notes) if is_text else ""
        card = self._card(meta, kind, title, summary, notes) if is_text else OldCard()
        return Item(
            source=key,
            kind=kind,
            title=title,
            slug=slugify(unquote(data["slug"], errors="replace") or title),
            date=date,
            updated=dates.changed(data, self._zone),
            status=self._status(data, date, notes),
            authors=tuple(self._authors(data)) if kind is ItemKind.POST else (),
            tags=limited_tags(self._tags(data, notes), notes) if is_text else (),
            summary=summary,
            lead=self._lead(meta) if is_text else None,
            canonical=self._canonical(meta),
            language=next((slug for domain, slug, _ in data["terms"] if domain == "language" and slug), None),
            old_paths=permalinks.unique(old_paths(data)),
            body=data["content"],
            body_line=data["line"],
            redirect_to=data["attachment_url"] or None,
            date_is_guessed=date is None,
            comments_open=data["comments"] != "closed",
            translation_key=_translation_key(data),
            card=card.words,
            card_picture=card.picture,
            notes=tuple(self._noted(data, meta, notes)) if is_text else (),
        )

    def _reason(self, data: dict[str, Any]) -> str:
        kind, status = data["type"], data["status"]
        if kind not in _KINDS:
            return _OTHER_TYPES.get(kind, f"Masthead has nothing of the type “{kind[:60]}”.")
        if status in {"trash", "auto-draft"}:
            return "It is in the trash." if status == "trash" else "It was never saved."
        if kind == "attachment":
            if not data["attachment_url"]:
                return "It names no file."
            return reader.reason_to_leave(data["attachment_url"], self._accepted) or self._pictures
        return ""

    def _title(self, data: dict[str, Any], notes: NoteCollector) -> str:
        title = " ".join(parse(data["title"]).text().split())
        if len(title) > TITLE_CHARACTERS:
            notes.changed("title", f"cut, it was: {title}")
            return excerpt(title, TITLE_CHARACTERS)
        if not any(character.isprintable() and not character.isspace() for character in title):
            made = excerpt(" ".join(parse(data["excerpt"] or data["content"]).text().split()), 60)
            title = made if any(one.isalnum() for one in made) else "Untitled"
            if data["type"] != "attachment":
                notes.changed("title", "it had none")
        return title

    def _status(self, data: dict[str, Any], date: datetime | None, notes: NoteCollector) -> PublicationStatus:
        status = data["status"]
        if data["type"] == "attachment":
            return PublicationStatus.PUBLISHED
        if data["has_password"]:
            notes.changed("status", "it had a password, so it is a draft here")
            return PublicationStatus.DRAFT
        if status == "private":
            notes.changed("status", "it was private, so it is a draft here")
        elif status == "future" and (date is None or date <= self._now):
            notes.changed("status", "it was to appear at a date that has passed, so it is a draft here")
            return PublicationStatus.DRAFT
        elif status not in _STATUSES:
            notes.changed("status", f"its status was “{status[:60]}”, so it is a draft here")
        if data["type"] == "page" and status in {"pending", "future"}:
            notes.changed("status", f"it was {status}, and a page is public or a draft")
            return PublicationStatus.DRAFT
        return _STATUSES.get(status, PublicationStatus.DRAFT)

    def _authors(self, data: dict[str, Any]) -> Iterator[SourceAuthor]:
        seen = set()
        for domain, slug, name in data["terms"]:
            if domain == "author":
                author = self._author(slug.removeprefix("cap-"), name)
                if author.key not in seen:
                    seen.add(author.key)
                    yield author
        if not seen and data["creator"]:
            yield self._author(data["creator"], "")
        elif not seen and self._byline:
            yield SourceAuthor(self._byline, self._byline)

    def _author(self, login: str, name: str) -> SourceAuthor:
        known = self._head.authors.get(login)
        if known is None:
            known = next(
                (
                    one
                    for one in self._head.authors.values()
                    if login and slugify(one.login) == slugify(login)
                ),
                None,
            )
        if known is not None:
            return SourceAuthor(known.login, known.name)
        return SourceAuthor(login or name, name or login)

    def _tags(self, data: dict[str, Any], notes: NoteCollector) -> Iterator[str]:
        for domain, slug, name in data["terms"]:
            if domain in _NO_TAGS:
                if domain == "post_format" and slug != "post-format-standard":
                    notes.lost("post format", name or slug)
                continue
            term = self._head.term(domain, slug)
            written = parse(name or (term.name if term else "") or slug).text()
            yield tag_name(written)
            if domain not in {"category", "post_tag"}:
                notes.changed("terms of other taxonomies", f"“{written[:60]}” of {domain[:60]} is a tag here")

    def _summary(self, data: dict[str, Any], notes: NoteCollector) -> str:
        summary = " ".join(parse(data["excerpt"]).text().split())
        if len(summary) > SUMMARY_CHARACTERS:
            notes.lost("summary", f"cut, it was: {summary}")
            return excerpt(summary, SUMMARY_CHARACTERS)
        return summary

    def _lead(self, meta: dict[str, str]) -> LeadPicture | None:
        attached = self._spool.by_post_id(meta["_thumbnail_id"]) if meta.get("_thumbnail_id") else None
        if attached is None or not attached["attachment_url"]:
            return None
        alt = dict(attached["meta"]).get("_wp_attachment_image_alt", "")
        caption = " ".join(parse(attached["excerpt"]).text().split())
        return LeadPicture(
            attached["attachment_url"], alt=alt, caption=caption, written=attached["attachment_url"]
        )

    def _card(
        self, meta: dict[str, str], kind: ItemKind, title: str, summary: str, notes: NoteCollector
    ) -> OldCard:
        fields = seo.card_fields(meta, title=title, summary=summary, notes=notes)
        return fitting_card(fields, kind=kind, title=title, notes=notes)

    def _canonical(self, meta: dict[str, str]) -> str | None:
        address = seo.canonical_address(meta)
        host = permalinks.host_of(address)
        # An address of the old site itself would lead search engines away from this one.
        return address if host and host != permalinks.host_of(self._head.url) else None

    def _noted(self, data: dict[str, Any], meta: dict[str, str], notes: NoteCollector) -> Iterator[Any]:
        for name, what in _META.items():
            value = meta.get(name, "").strip()
            if value and value != "default":
                notes.lost(what, value[:500])
        if data["sticky"]:
            notes.lost("sticky", "no text stays at the top of the lists here")
        if meta.get("_thumbnail_id", "0") not in {"", "0", "-1"} and self._lead(meta) is None:
            notes.lost("lead picture", f"attachment {meta['_thumbnail_id'][:20]} is not in the export")
        for name, value in meta.items():
            _note_object(name, value, notes)
        yield from notes.notes


def _note_object(name: str, value: str, notes: NoteCollector) -> None:
    """Name the class of an object in a field; nothing makes the object."""
    if "O:" in value or "C:" in value:
        try:
            php_values.parse(value)
        except php_values.PhpObject as error:
            notes.lost("PHP objects", f"{name[:60]} holds an object of the class {str(error)[:60]}")
        except php_values.NotSerialised:
            return


def _translation_key(data: dict[str, Any]) -> str:
    return next((slug for domain, slug, _ in data["terms"] if domain == "post_translations" and slug), "")


def tag_name(written: str) -> str:
    """The name of a tag: without commas, and not too long."""
    return excerpt(" ".join(tags.without_comma(written).split()), NAME_CHARACTERS) or "untitled"


def limited_tags(names: Iterable[str], notes: NoteCollector) -> tuple[str, ...]:
    """The names without duplicates, and no more than a post may have."""
    found = tuple({name_key(name): name for name in reversed(list(names))}.values())[::-1]
    if len(found) > TAGS_LIMIT:
        reason = f"a post has at most {TAGS_LIMIT}; left out: {', '.join(found[TAGS_LIMIT:])[:1_000]}"
        notes.lost("tags beyond the limit", reason, count=len(found) - TAGS_LIMIT)
    return found[:TAGS_LIMIT]


def old_paths(data: dict[str, Any]) -> Iterator[str]:
    """The addresses of an item on the old site, its own first."""
    own = own_path(data["link"])
    yield own
    for name, value in data["meta"]:
        if name == "_wp_old_slug" and value and data["slug"] and own:
            folder, _, last = own.rstrip("/").rpartition("/")
            ending = last.partition(".")[2]
            yield f"{folder}/{value}{'.' + ending if ending else ''}/"
    if data["id"].isdecimal() and data["type"] in {"post", "page", "attachment"}:
        name = {"post": "p", "page": "page_id", "attachment": "attachment_id"}[data["type"]]
        base = permalinks.path_of(data["guid"]).rstrip("/") if "?" in data["guid"] else ""
        for at in dict.fromkeys((base, "")):
            yield f"{at}/?{name}={data['id']}"
            if data["type"] == "page":
                yield f"{at}/?p={data['id']}"


def own_path(link: str) -> str:
    """The path of a permalink, with the query of a plain one; '' for the front page."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ""
    query = parse_qs(parts.query)
    plain = next(
        (f"?{name}={query[name][0]}" for name in ("p", "page_id", "attachment_id") if name in query), ""
    )
    path = permalinks.with_leading_slash(parts.path)
    return path + plain if plain or path != "/" else ""
