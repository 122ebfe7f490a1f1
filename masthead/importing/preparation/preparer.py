"""Reads, translates and renders one item after the other. Needs no database, so that it can run in worker processes."""

import hashlib
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote

from masthead.content.rendering import RenderedText, render_text
from masthead.errors import Invalid
from masthead.importing.errors import Unreadable
from masthead.importing.image_import import ImageImporter, ImportedImage
from masthead.importing.items import (
    ImportNote,
    Item,
    ItemFailure,
    ItemKind,
    NoteKind,
    ScannedItem,
    SkippedItem,
)
from masthead.importing.preparation.comments import PreparedComments, prepare_comments
from masthead.importing.preparation.leftover_markup import count_leftover_markup
from masthead.importing.preparation.link_rewriter import invalid_addresses
from masthead.importing.reading.plain_text import printable
from masthead.importing.source import Source, TranslatedBody
from masthead.importing.urls import heading_ids
from masthead.importing.urls.index import AddressIndex
from masthead.text.anchors import dead_fragments, fragments_elsewhere, ids_of, is_place
from masthead.text.excerpts import excerpt
from masthead.text.markdown.renderer import render

EXCERPT_CHARACTERS: Final = 1_000
#: Raise it when items should be stored differently: the next import then updates the items that it wrote before.
FINGERPRINT_VERSION: Final = 2


@dataclass(frozen=True, slots=True)
class PreparationTask:
    """An item to prepare, with the fingerprint of the last import, if there was one."""

    scanned: ScannedItem
    slug: str
    fingerprint: str | None
    comments_fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class PreparedItem:
    """An item that is ready to be stored. It has no rendered if nothing changed since the last import."""

    item: Item
    slug: str
    fingerprint: str
    rendered: RenderedText | None
    notes: tuple[ImportNote, ...]
    visible_tags: Counter[str]
    links: int
    #: The old addresses that no other item owns.
    old_paths: tuple[str, ...]
    #: The target of a redirect: an item of the same source, or a URL.
    leads_to: str | None
    peak_memory: int
    pictures: tuple[ImportedImage, ...] = ()
    comments: PreparedComments = field(default_factory=PreparedComments)


class Preparer:
    """Prepares the items of one source."""

    def __init__(self, source: Source, addresses: AddressIndex, images: ImageImporter) -> None:
        self._source = source
        self._addresses = addresses
        self._images = images
        #: The element ids of texts that links with a fragment lead to, by locator.
        self._ids: dict[str, frozenset[str] | None] = {}

    def prepare(self, task: PreparationTask) -> PreparedItem | ItemFailure:
        """Read, translate and render an item."""
        try:
            item = self._source.item(task.scanned.locator)
            if isinstance(item, SkippedItem):
                return ItemFailure(
                    item.source, "This file was changed while it was imported. Run the import again."
                )
            return self._prepared(task, item)
        except Unreadable as error:
            return ItemFailure(task.scanned.source, error.message, error.line)
        except Invalid as error:
            return ItemFailure(
                task.scanned.source, f"{error.message} ({error.field})" if error.field else error.message
            )
        except (OSError, ValueError) as error:
            # Broken data in one item never keeps the others out.
            return ItemFailure(task.scanned.source, f"It cannot be imported: {printable(str(error))[:300]}.")

    def _prepared(self, task: PreparationTask, item: Item) -> PreparedItem:
        translated = self._source.translate(task.scanned.locator, item, self._addresses, self._images)
        item = _with_card_image(item, translated)
        old_paths, conflicts = self._old_paths(item)
        leads_to = translated.leads_to
        if leads_to is None and item.kind is ItemKind.REDIRECT:
            leads_to = self._target(item)
        comments = prepare_comments(self._source.comments(task.scanned.locator), task.comments_fingerprint)
        fingerprint = fingerprint_of(item, translated, old_paths)
        rendered = None
        if item.kind is not ItemKind.REDIRECT and fingerprint != task.fingerprint:
            rendered = self._with_old_ids(_render(item, translated, task.slug))
        return PreparedItem(
            # The rendered has the text.
            item=item.without_body(),
            slug=task.slug,
            fingerprint=fingerprint,
            rendered=rendered,
            notes=(
                *item.notes,
                *translated.notes,
                *conflicts,
                *comments.notes,
                *_lost_parts(item, rendered),
                *self._dead_links(rendered),
                *_changed_address(task, item),
            ),
            visible_tags=translated.visible_tags
            + (
                count_leftover_markup(rendered.html, translated.visible_tags)
                if rendered and not self._source.is_own_export
                else Counter()
            ),
            links=translated.links,
            old_paths=old_paths,
            leads_to=leads_to,
            peak_memory=peak_memory(),
            pictures=translated.pictures,
            comments=comments,
        )

    def _dead_links(self, rendered: RenderedText | None) -> Iterator[ImportNote]:
        """Note links to ids that the linked text does not have."""
        for url, fragment in fragments_elsewhere(rendered.html) if rendered else ():
            locator = self._addresses.locator_of(url)
            ids = self._ids_in(locator) if locator is not None else None
            if ids is not None and not is_place(fragment, ids):
                yield ImportNote(
                    NoteKind.LOST,
                    "links",
                    f"{url}#{unquote(fragment)} leads to no place in {printable(str(locator))}",
                )

    def _ids_in(self, locator: str) -> frozenset[str] | None:
        """The element ids of an item after rendering; None if it cannot be read."""
        if locator not in self._ids:
            try:
                item = self._source.item(locator)
                self._ids[locator] = None if isinstance(item, SkippedItem) else self._ids_of(locator, item)
            except (Unreadable, Invalid):
                # The item's own preparation reports this.
                self._ids[locator] = None
        return self._ids[locator]

    def _ids_of(self, locator: str, item: Item) -> frozenset[str]:
        translated = self._source.translate(locator, item, self._addresses, self._images)
        return ids_of(self._with_old_ids(_render(item, translated, item.slug)).html)

    def _with_old_ids(self, rendered: RenderedText) -> RenderedText:
        rule = self._source.heading_rule
        if rule is None:
            return rendered
        html = heading_ids.add_old_ids(rendered.html, rule)
        return replace(rendered, html=html, dead_fragments=dead_fragments(html))

    def _old_paths(self, item: Item) -> tuple[tuple[str, ...], list[ImportNote]]:
        ours, conflicts = [], []
        for old_path in item.old_paths:
            owner = self._addresses.owner(old_path)
            if owner in {None, item.source}:
                ours.append(old_path)
            else:
                conflicts.append(ImportNote(NoteKind.LOST, "old addresses", f"{old_path} belongs to {owner}"))
        return tuple(ours), conflicts

    def _target(self, item: Item) -> str:
        """The item that a redirect leads to, or its URL if that is elsewhere. Raises `Unreadable` for an invalid address."""
        address = (item.redirect_to or "").strip()
        local = address
        for host in self._source.old_hosts:
            for scheme in ("https", "http"):
                local = local.removeprefix(f"{scheme}://{host}")
        owner = self._addresses.owner(local) if local.startswith("/") or local != address else None
        if owner is not None:
            return owner
        if address.startswith(("https://", "http://")) or (
            address.startswith("/") and address[1:2] not in {"/", "\\"}
        ):
            return address
        raise Unreadable(f"`redirect_to: {address[:80]}` is not an address.")


def fingerprint_of(item: Item, translated: TranslatedBody, old_paths: tuple[str, ...]) -> str:
    """The hash of everything that is stored for an item."""
    parts = (
        FINGERPRINT_VERSION,
        item.kind.value,
        item.title,
        item.slug,
        None if item.date_is_guessed else str(item.date),
        str(item.updated),
        item.status.value,
        [(author.key, author.name) for author in item.authors],
        item.tags,
        item.summary,
        item.canonical,
        item.language,
        old_paths,
        item.redirect_to,
        item.comments_open,
        translated.lead,
        translated.body,
        translated.opening,
        # Appended only when set, so that items without them keep the fingerprint of earlier imports.
        *([] if not item.card else [item.card]),
        *([] if item.draft_date is None else [str(item.draft_date)]),
        *([f"translation {item.translation_key}"] if item.translation_key else []),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _render(item: Item, translated: TranslatedBody, slug: str) -> RenderedText:
    rendered = render_text(
        title=item.title,
        body=translated.body,
        summary=item.summary,
        slug=slug,
        tags=item.tags,
        lead=translated.lead,
    )
    if translated.opening is not None and translated.opening.strip():
        opening = excerpt(render(translated.opening).plain, EXCERPT_CHARACTERS)
        rendered = replace(rendered, excerpt=opening or rendered.excerpt)
    return rendered


def _lost_parts(item: Item, rendered: RenderedText | None) -> list[ImportNote]:
    notes = [
        ImportNote(NoteKind.LOST, "links", f"{unquote(address)} is not a valid address")
        for address in invalid_addresses(rendered.html if rendered else "")
    ]
    notes += [
        ImportNote(NoteKind.LOST, "links", f"#{fragment} leads to no place in this text")
        for fragment in (rendered.dead_fragments if rendered else ())
    ]
    if item.kind is ItemKind.PAGE and item.tags:
        notes.append(ImportNote(NoteKind.LOST, "tags of a page", "a page has no tags", count=len(item.tags)))
    if item.kind is ItemKind.PAGE and item.authors:
        notes.append(
            ImportNote(NoteKind.LOST, "authors of a page", "a page has no byline", count=len(item.authors))
        )
    return notes


def _with_card_image(item: Item, translated: TranslatedBody) -> Item:
    if translated.card_image is None:
        return item
    return replace(item, card=(*item.card, ("card_image", translated.card_image)))


def _changed_address(task: PreparationTask, item: Item) -> list[ImportNote]:
    if task.slug == item.slug or item.kind is ItemKind.REDIRECT:
        return []
    return [ImportNote(NoteKind.CHANGED, "address", f"“{item.slug}” is taken; it is “{task.slug}” here")]


def peak_memory() -> int:
    """The peak memory of this process, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
