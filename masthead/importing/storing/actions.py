"""Stores prepared items: each once, again only if it changed in the source, and never over edits made here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from masthead.content.rendering import RenderedText
from masthead.db import db
from masthead.errors import NotFound
from masthead.importing import queries
from masthead.importing.items import Item, ItemKind, ItemOutcome, PublicationStatus, SourceAuthor
from masthead.importing.models import ImportedAuthor, ImportedItem
from masthead.importing.preparation.preparer import PreparedItem
from masthead.importing.storing.run import ImportRun
from masthead.importing.urls.index import author_pages
from masthead.media import actions as media
from masthead.media import external
from masthead.pages import actions as pages
from masthead.pages import queries as stored_pages
from masthead.pages.models import Page
from masthead.people import bylines
from masthead.people.bylines import Byline
from masthead.people.models import User
from masthead.posts import actions as posts
from masthead.posts import bulk_create
from masthead.posts import queries as stored_posts
from masthead.posts.bulk_create import PostImport
from masthead.posts.details import Details
from masthead.posts.history import WORDS
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.redirects.actions import Destination
from masthead.redirects.models import Target

_STATUSES: Final = {PublicationStatus.DRAFT: Status.DRAFT, PublicationStatus.IN_REVIEW: Status.IN_REVIEW}


def outcome(prepared: PreparedItem, known: ImportedItem | None, version: int | None) -> ItemOutcome:
    """Decide about an item; ``version`` is the current version of its post or page, if it was imported before."""
    # A starter text of the set-up has no fingerprint and is replaced.
    if known is None or not known.fingerprint:
        return ItemOutcome.IMPORTED
    if known.fingerprint == prepared.fingerprint:
        return ItemOutcome.UNCHANGED
    if known.kind != prepared.item.kind or (known.kind != ItemKind.REDIRECT and version != known.version):
        return ItemOutcome.KEPT
    return ItemOutcome.UPDATED


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item whose post or page is in the session, but which is not recorded yet."""

    prepared: PreparedItem
    known: ImportedItem | None
    post: Post | None = None
    page: Page | None = None


def store(batch: Sequence[tuple[PreparedItem, ImportedItem | None]], *, run: ImportRun) -> list[StoredItem]:
    """Create or update posts and pages. After a flush, `old_addresses.record` completes the batch."""
    for prepared, _ in batch:
        _record_images(prepared, run)
    new = [prepared for prepared, known in batch if known is None and prepared.item.kind is ItemKind.POST]
    made = bulk_create.bulk_create([_post_import(prepared, run) for prepared in new], by=run.by)
    posts_by_source = {prepared.item.source: post for prepared, post in zip(new, made, strict=True)}
    return [
        _stored_one(prepared, known, posts_by_source.get(prepared.item.source), run)
        for prepared, known in batch
    ]


def _stored_one(
    prepared: PreparedItem, known: ImportedItem | None, made: Post | None, run: ImportRun
) -> StoredItem:
    if prepared.item.kind is ItemKind.PAGE:
        return StoredItem(prepared, known, page=_store_page(prepared, known, run))
    if made is None and known is not None and prepared.item.kind is ItemKind.POST:
        return StoredItem(prepared, known, post=_revise_post(prepared, known, run))
    return StoredItem(prepared, known, post=made)


def _record_images(prepared: PreparedItem, run: ImportRun) -> None:
    for picture in prepared.pictures:
        if picture.facts is not None and picture.facts.content_hash not in run.pictures:
            media.record(
                picture.facts, name=picture.name, alt=picture.alt, by=run.by, at=run.at, restores=True
            )
            run.pictures.add(picture.facts.content_hash)
        if picture.fetched_from:
            external.remember_copy(picture.fetched_from, path=picture.path, at=run.at)


def resolve_bylines(authors: Iterable[SourceAuthor], *, run: ImportRun) -> None:
    """Find or create the bylines of authors. An author gets the same byline in every import, and never an account."""
    keys = {queries.key_of(run.source, author.key): author for author in authors}
    missing = [key for key in keys if key not in run.bylines]
    for chunk in queries.in_chunks(missing):
        for key, user in db.session.execute(queries.byline_users(chunk)):
            run.bylines[key] = user
    _make_bylines({key: keys[key] for key in missing if key not in run.bylines}, run)


def _make_bylines(authors: Mapping[str, SourceAuthor], run: ImportRun) -> None:
    if not authors:
        return
    wanted = [
        Byline(author.name, author.username or author.key, author.bio, author.website)
        for author in authors.values()
    ]
    made = bylines.create_all(wanted, at=run.at)
    for (key, author), user in zip(authors.items(), made, strict=True):
        run.bylines[key] = user
        run.note_name(author, user)
        db.session.add(ImportedAuthor(key=key, name=author.name, user_id=user.id))
        if author.has_page:
            run.pending += [
                Destination(path, Target.AUTHOR, target_id=user.id)
                for path in author_pages(author.key, run.base_path)
            ]


def _credited(item: Item, run: ImportRun) -> list[User]:
    keys = [queries.key_of(run.source, author.key) for author in item.authors]
    return [run.bylines[key] for key in keys] or [run.by]


def _post_import(prepared: PreparedItem, run: ImportRun) -> PostImport:
    item = prepared.item
    at = item.date or run.at
    status = _STATUSES.get(item.status, Status.PUBLIC)
    return PostImport(
        _rendered(prepared),
        status,
        published_at=at if status is Status.PUBLIC else item.draft_date,
        created_at=at,
        updated_at=item.updated or at,
        bylines=_credited(item, run),
        comments_open=item.comments_open,
        canonical_url=item.canonical,
        language=item.language,
        translation_key=item.translation_key or None,
        card=dict(item.card),
        note=f"Imported from {item.source}",
    )


def _revise_post(prepared: PreparedItem, known: ImportedItem, run: ImportRun) -> Post:
    item, rendered = prepared.item, _rendered(prepared)
    post = stored_posts.get(known.post_id or 0)
    note = f"Imported again from {item.source}"
    # Set before `revise`, so that the revision has them; the import has checked addresses and languages itself.
    post.canonical_url, post.language = item.canonical, item.language
    post.translation_key = item.translation_key or None
    for name in (*WORDS, "card_image"):
        setattr(post, name, dict(item.card).get(name, "" if name in WORDS else None))
    if _STATUSES.get(item.status) is None:
        post.published_at = item.date or run.at
    details = Details(comments_open=item.comments_open, bylines=_credited(item, run), note=note)
    posts.revise(post, rendered, by=run.by, at=run.at, expected_version=known.version, details=details)
    _set_status(post, item, run)
    return post


def _set_status(post: Post, item: Item, run: ImportRun) -> None:
    """Give the post the status and dates of the source."""
    at = item.date or run.at
    if item.status in {PublicationStatus.DRAFT, PublicationStatus.IN_REVIEW}:
        if post.status is Status.PUBLIC:
            posts.unpublish(post, by=run.by, at=run.at)
        if item.status is PublicationStatus.IN_REVIEW:
            posts.submit(post, by=run.by, at=run.at)
        posts.backdate(post, when=item.draft_date, changed=item.updated or at)
    else:
        posts.publish(post, by=run.by, at=at)
        posts.backdate(post, when=at, changed=item.updated or at)


def _store_page(prepared: PreparedItem, known: ImportedItem | None, run: ImportRun) -> Page:
    item, rendered = prepared.item, _rendered(prepared)
    if known is None:
        page = pages.create(rendered, by=run.by, at=run.at)
    else:
        page = stored_pages.get(known.page_id or 0)
        pages.revise(page, rendered, by=run.by, at=run.at, expected_version=known.version)
    change = pages.unpublish if item.status is PublicationStatus.DRAFT else pages.publish
    change(page, by=run.by, at=item.updated or item.date or run.at)
    return page


def _rendered(prepared: PreparedItem) -> RenderedText:
    if prepared.rendered is None:
        raise NotFound("This item was not rendered.")
    return prepared.rendered
