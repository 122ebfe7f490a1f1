"""The expensive half of an import, file by file: read, translate, typeset. Pure, so that it runs in other processes."""

import hashlib
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from masthead.errors import Invalid
from masthead.importing.errors import Unreadable
from masthead.importing.items import Fate, Item, Kind, LeftOut, Note
from masthead.importing.markdown.dialects.base import Dialect
from masthead.importing.markdown.folder import shown
from masthead.importing.markdown.scan import Entry, Failure
from masthead.importing.markdown.translating.translation import Translated, translate
from masthead.importing.preparation import link_rewriter as links
from masthead.importing.preparation.image_import import Gallery, Kept
from masthead.importing.preparation.leftover_markup import leftovers
from masthead.importing.urls import heading_ids
from masthead.importing.urls.index import Addresses
from masthead.posts.manuscript import Manuscript, typeset
from masthead.text.anchors import dead_fragments, fragments_elsewhere, ids_of, is_place
from masthead.text.excerpts import excerpt
from masthead.text.markdown import render

EXCERPT_CHARACTERS: Final = 1_000
#: Raise it when the same file should be stored differently: the next import then updates what it wrote before.
EDITION: Final = 2


@dataclass(frozen=True, slots=True)
class Task:
    """One file to prepare; ``fingerprint`` is that of the last import, if there was one."""

    entry: Entry
    slug: str
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item that can be stored. Without a manuscript it is the same as at the last import."""

    entry: Entry
    item: Item
    slug: str
    fingerprint: str
    manuscript: Manuscript | None
    notes: tuple[Note, ...]
    visible: Counter[str]
    links: int
    #: Old addresses that lead here: those that no other text of the folder owns.
    old_paths: tuple[str, ...]
    #: Where a redirect leads: a source of the same folder, or an address.
    leads_to: str | None
    peak_memory: int
    pictures: tuple[Kept, ...] = ()


class Preparer:
    """Prepares the files of one import."""

    def __init__(self, dialect: Dialect, addresses: Addresses, gallery: Gallery) -> None:
        self._dialect = dialect
        self._addresses = addresses
        self._gallery = gallery
        #: The ids of texts that others lead into, by file.
        self._ids: dict[str, frozenset[str] | None] = {}

    def prepare(self, task: Task) -> Prepared | Failure:
        """Read, translate and typeset a file."""
        try:
            item = self._dialect.item(task.entry.path, self._dialect.folder.read(task.entry.path))
            if isinstance(item, LeftOut):
                return Failure(
                    item.source, "This file was changed while it was imported. Run the import again."
                )
            return self._prepared(task, item)
        except Unreadable as error:
            return Failure(task.entry.source, error.message, error.line)
        except Invalid as error:
            return Failure(
                task.entry.source, f"{error.message} ({error.field})" if error.field else error.message
            )

    def _prepared(self, task: Task, item: Item) -> Prepared:
        translated = translate(self._dialect, self._addresses, self._gallery, task.entry.path, item)
        old_paths, conflicts = self._old_paths(item)
        leads_to = self._target(item) if item.kind is Kind.REDIRECT else None
        fingerprint = fingerprint_of(item, translated, old_paths)
        manuscript = None
        if item.kind is not Kind.REDIRECT and fingerprint != task.fingerprint:
            manuscript = self._with_old_ids(_typeset(item, translated, task.slug))
        return Prepared(
            entry=task.entry,
            # The text travels in the manuscript; once is enough.
            item=replace(item, body="", variables=(), front_matter={}),
            slug=task.slug,
            fingerprint=fingerprint,
            manuscript=manuscript,
            notes=(
                *item.notes,
                *translated.notes,
                *conflicts,
                *_losses(item, manuscript),
                *self._dead_links(manuscript),
                *_readdressed(task, item),
            ),
            visible=translated.visible
            + (
                leftovers(manuscript.html, translated.visible)
                if manuscript and not self._dialect.is_ours
                else Counter()
            ),
            links=translated.links,
            old_paths=old_paths,
            leads_to=leads_to,
            peak_memory=peak_memory(),
            pictures=translated.pictures,
        )

    def _dead_links(self, manuscript: Manuscript | None) -> Iterator[Note]:
        """Links to headings of other texts of the folder that these do not have."""
        for url, fragment in fragments_elsewhere(manuscript.html) if manuscript else ():
            path = self._addresses.file_at(url)
            ids = self._ids_in(path) if path is not None else None
            if ids is not None and not is_place(fragment, ids):
                yield Note(
                    Fate.LOST, "links", f"{url}#{unquote(fragment)} leads to no place in {shown(str(path))}"
                )

    def _ids_in(self, path: str) -> frozenset[str] | None:
        """The ids of a text, which is typeset for it as it will be; None if it cannot be read."""
        if path not in self._ids:
            try:
                item = self._dialect.item(path, self._dialect.folder.read(path))
                self._ids[path] = None if isinstance(item, LeftOut) else self._ids_of(path, item)
            except (Unreadable, Invalid):
                # The report names it when it comes to the file itself.
                self._ids[path] = None
        return self._ids[path]

    def _ids_of(self, path: str, item: Item) -> frozenset[str]:
        translated = translate(self._dialect, self._addresses, self._gallery, path, item)
        return ids_of(self._with_old_ids(_typeset(item, translated, item.slug)).html)

    def _with_old_ids(self, manuscript: Manuscript) -> Manuscript:
        rule = self._dialect.heading_rule
        if rule is None:
            return manuscript
        html = heading_ids.with_old_ids(manuscript.html, rule)
        return replace(manuscript, html=html, dead_fragments=dead_fragments(html))

    def _old_paths(self, item: Item) -> tuple[tuple[str, ...], list[Note]]:
        ours, conflicts = [], []
        for old_path in item.old_paths:
            owner = self._addresses.owner(old_path)
            if owner in {None, item.source}:
                ours.append(old_path)
            else:
                conflicts.append(Note(Fate.LOST, "old addresses", f"{old_path} belongs to {owner}"))
        return tuple(ours), conflicts

    def _target(self, item: Item) -> str:
        """The source that a redirect leads to, or the address itself if that is none of ours; `Unreadable` if it is none."""
        address = (item.redirect_to or "").strip()
        local = address
        for host in self._dialect.old_hosts:
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


def fingerprint_of(item: Item, translated: Translated, old_paths: tuple[str, ...]) -> str:
    """The hash of all that is stored of an item."""
    parts = (
        EDITION,
        item.kind.value,
        item.title,
        item.slug,
        None if item.date_is_guessed else str(item.date),
        str(item.updated),
        item.standing.value,
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
        # Behind the others, so that texts without one are what they were at the last import.
        *([] if item.draft_date is None else [str(item.draft_date)]),
        *([f"translation {item.translation_key}"] if item.translation_key else []),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _typeset(item: Item, translated: Translated, slug: str) -> Manuscript:
    manuscript = typeset(
        title=item.title,
        body=translated.body,
        summary=item.summary,
        slug=slug,
        tags=item.tags,
        lead=translated.lead,
    )
    if translated.opening is not None and translated.opening.strip():
        opening = excerpt(render(translated.opening).plain, EXCERPT_CHARACTERS)
        manuscript = replace(manuscript, excerpt=opening or manuscript.excerpt)
    return manuscript


def _losses(item: Item, manuscript: Manuscript | None) -> list[Note]:
    notes = [
        Note(Fate.LOST, "links", f"{unquote(address)} is no address")
        for address in links.left_in(manuscript.html if manuscript else "")
    ]
    notes += [
        Note(Fate.LOST, "links", f"#{fragment} leads to no place in this text")
        for fragment in (manuscript.dead_fragments if manuscript else ())
    ]
    if item.kind is Kind.PAGE and item.tags:
        notes.append(Note(Fate.LOST, "tags of a page", "a page has no tags", count=len(item.tags)))
    if item.kind is Kind.PAGE and item.authors:
        notes.append(Note(Fate.LOST, "authors of a page", "a page has no byline", count=len(item.authors)))
    return notes


def _readdressed(task: Task, item: Item) -> list[Note]:
    if task.slug == item.slug or item.kind is Kind.REDIRECT:
        return []
    return [Note(Fate.CHANGED, "address", f"“{item.slug}” is taken; it is “{task.slug}” here")]


def peak_memory() -> int:
    """The most that this process has held so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
