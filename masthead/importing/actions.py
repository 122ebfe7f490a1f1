"""Storing what was prepared: each item once, again only if its file has changed, and never over somebody's work here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from masthead.accounts import actions as accounts
from masthead.accounts import queries as people
from masthead.accounts.models import User
from masthead.db import db
from masthead.errors import NotFound
from masthead.importing import queries
from masthead.importing.items import Author, Fate, Item, Kind, Note, Standing
from masthead.importing.models import ImportedAuthor, ImportedItem
from masthead.importing.preparing import Prepared
from masthead.pages import actions as pages
from masthead.pages import queries as stored_pages
from masthead.pages.models import Page
from masthead.posts import actions as posts
from masthead.posts import queries as stored_posts
from masthead.posts.lifecycle import Status
from masthead.posts.manuscript import Manuscript
from masthead.posts.models import Post
from masthead.redirects import actions as redirects
from masthead.redirects import queries as stored_redirects
from masthead.redirects.models import Target


class Outcome(StrEnum):
    """What an import did with a file."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    #: The file has changed, but so has the text here, or it was deleted here: the people here are right.
    KEPT = "kept"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(slots=True)
class Run:
    """One import: from where, for whom, when; and the bylines that it has met."""

    source: str
    by: User
    at: datetime
    #: By the author's key. Cleared by whoever rolls back.
    bylines: dict[str, User] = field(default_factory=dict)


def outcome(prepared: Prepared, known: ImportedItem | None, version: int | None) -> Outcome:
    """What is to be done; ``version`` is the present one of what the item became before."""
    if known is None:
        return Outcome.IMPORTED
    if known.fingerprint == prepared.fingerprint:
        return Outcome.UNCHANGED
    if known.kind != prepared.item.kind or (known.kind != Kind.REDIRECT and version != known.version):
        return Outcome.KEPT
    return Outcome.UPDATED


def store(prepared: Prepared, known: ImportedItem | None, *, run: Run) -> tuple[Note, ...]:
    """Make or update what the item becomes, with its redirects; what could not be done is noted.

    Bylines must be there already (`byline`): an item that fails is rolled back alone, and they must not go with it.
    """
    match prepared.item.kind:
        case Kind.REDIRECT:
            return _store_redirect(prepared, known, run)
        case Kind.PAGE:
            return _store_page(prepared, known, run)
        case _:
            return _store_post(prepared, known, run)


def byline(author: Author, *, run: Run) -> User:
    """Who is credited for an author: always the same byline, never somebody's account."""
    key = queries.key_of(run.source, author.key)
    if key not in run.bylines:
        run.bylines[key] = _known_byline(key) or _new_byline(key, author, run)
    return run.bylines[key]


def _known_byline(key: str) -> User | None:
    known = db.session.scalar(queries.author_by_key(key))
    return people.get(known.user_id) if known is not None else None


def _new_byline(key: str, author: Author, run: Run) -> User:
    user = accounts.create_byline(
        name=author.name, username=author.key, at=run.at, bio=author.bio, website=author.website
    )
    with db.session.begin_nested():
        db.session.add(ImportedAuthor(key=key, name=author.name, user_id=user.id))
    return user


def _store_post(prepared: Prepared, known: ImportedItem | None, run: Run) -> tuple[Note, ...]:
    item, manuscript = prepared.item, _manuscript(prepared)
    credited = [byline(author, run=run) for author in item.authors] or [run.by]
    if known is None:
        note = f"Imported from {item.source}"
        post = posts.create(manuscript, by=run.by, at=item.date or run.at, bylines=credited, note=note)
    else:
        post = stored_posts.get(known.post_id or 0)
        note = f"Imported again from {item.source}"
        posts.revise(post, manuscript, by=run.by, at=run.at, expected_version=known.version, note=note)
        posts.credit(post, credited)
    post.canonical_url, post.language = item.canonical, item.language
    _set_standing(post, item, run)
    db.session.flush()
    _remember(prepared, known, run, post=post)
    return _keep_old_paths(prepared.old_paths, Target.POST, post.id)


def _set_standing(post: Post, item: Item, run: Run) -> None:
    """Make the post as public as it was, with its own dates."""
    at = item.date or run.at
    if item.standing is Standing.DRAFT:
        if post.status is Status.PUBLIC:
            posts.unpublish(post, by=run.by, at=run.at)
        posts.backdate(post, when=None, changed=item.updated or at)
    else:
        posts.publish(post, by=run.by, at=at)
        posts.backdate(post, when=at, changed=item.updated or at)


def _store_page(prepared: Prepared, known: ImportedItem | None, run: Run) -> tuple[Note, ...]:
    item, manuscript = prepared.item, _manuscript(prepared)
    if known is None:
        page = pages.create(manuscript, by=run.by, at=run.at)
    else:
        page = stored_pages.get(known.page_id or 0)
        pages.revise(page, manuscript, by=run.by, at=run.at, expected_version=known.version)
    if item.standing is Standing.DRAFT:
        pages.unpublish(page, by=run.by, at=run.at)
    else:
        pages.publish(page, by=run.by, at=run.at)
    db.session.flush()
    _remember(prepared, known, run, page=page)
    return _keep_old_paths(prepared.old_paths, Target.PAGE, page.id)


def _store_redirect(prepared: Prepared, known: ImportedItem | None, run: Run) -> tuple[Note, ...]:
    """A file that only led elsewhere: straight to the row, if it led to another text of the folder."""
    leads_to = prepared.leads_to or ""
    target = db.session.scalar(queries.by_key(queries.key_of(run.source, leads_to)))
    notes: list[Note] = []
    for old_path in prepared.old_paths:
        if target is not None and target.post_id is not None:
            notes += _keep_old_paths((old_path,), Target.POST, target.post_id)
        elif target is not None and target.page_id is not None:
            notes += _keep_old_paths((old_path,), Target.PAGE, target.page_id)
        elif not redirects.keep_url(old_path, url=leads_to):
            notes.append(Note(Fate.LOST, "old addresses", f"{old_path} leads somewhere already"))
    _remember(prepared, known, run)
    return tuple(notes)


def _manuscript(prepared: Prepared) -> Manuscript:
    if prepared.manuscript is None:
        raise NotFound("This item was not typeset.")
    return prepared.manuscript


def _keep_old_paths(paths: Sequence[str], kind: Target, target_id: int) -> tuple[Note, ...]:
    refused = []
    for path in paths:
        if redirects.keep(path, kind=kind, target_id=target_id):
            continue
        present = stored_redirects.for_path(path)
        if present is None:
            refused.append(Note(Fate.LOST, "old addresses", f"{path[:200]} is too long, or the front page"))
        elif (present.kind, present.target_id) != (kind.value, target_id):
            refused.append(Note(Fate.LOST, "old addresses", f"{path} leads to another text already"))
    return tuple(refused)


def _remember(
    prepared: Prepared,
    known: ImportedItem | None,
    run: Run,
    *,
    post: Post | None = None,
    page: Page | None = None,
) -> None:
    stored = post or page
    values = {
        "kind": prepared.item.kind.value,
        "post_id": post.id if post else None,
        "page_id": page.id if page else None,
        "wanted_slug": prepared.item.slug,
        "slug": prepared.slug,
        "fingerprint": prepared.fingerprint,
        "version": stored.version if stored else 0,
        "imported_at": run.at,
    }
    path = prepared.item.source
    row = known and db.session.get(ImportedItem, known.id)
    if row is None:
        key = queries.key_of(run.source, path)
        db.session.add(ImportedItem(key=key, source=run.source, path=path, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
    db.session.flush()
