"""Storing what was prepared: each item once, again only if its file has changed, and never over somebody's work here."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from masthead.db import db
from masthead.errors import NotFound
from masthead.importing import queries
from masthead.importing.items import Author, Fate, Item, Kind, Note, Standing
from masthead.importing.models import ImportedAuthor, ImportedItem
from masthead.importing.preparation.preparer import Prepared
from masthead.importing.urls.index import author_pages, tag_pages
from masthead.media import actions as media
from masthead.pages import actions as pages
from masthead.pages import pictures as page_pictures
from masthead.pages import queries as stored_pages
from masthead.pages.models import Page
from masthead.people import bylines
from masthead.people.bylines import Byline
from masthead.people.models import User
from masthead.posts import actions as posts
from masthead.posts import arrivals
from masthead.posts import pictures as post_pictures
from masthead.posts import queries as stored_posts
from masthead.posts.arrivals import Arrival
from masthead.posts.details import Details
from masthead.posts.lifecycle import Status
from masthead.posts.manuscript import Manuscript
from masthead.posts.models import Post
from masthead.redirects import actions as redirects
from masthead.redirects.actions import Destination
from masthead.redirects.models import Target

#: Our own addresses, which our exports and sites that looked like ours have.
_POST: Final = re.compile(r"/blog/post/([a-z0-9]+(?:-[a-z0-9]+)*)/?")
_PAGE: Final = re.compile(r"/page/([a-z0-9]+(?:-[a-z0-9]+)*)/?")


_STATUSES: Final = {Standing.DRAFT: Status.DRAFT, Standing.IN_REVIEW: Status.IN_REVIEW}


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
    #: Below which the old site lay, without a slash at its end.
    base_path: str = ""
    #: The pages of a tag by the settings of the old site.
    own_tag_pages: Callable[[str], Iterable[str]] = lambda _name: ()
    #: Pictures of other sites are copied here.
    fetch_images: bool = False
    #: By the author's key.
    bylines: dict[str, User] = field(default_factory=dict)
    #: Tags whose old pages lead to the present ones already.
    tags: set[int] = field(default_factory=set)
    #: Tags of our own export, whose old pages it names.
    settled_tags: set[int] = field(default_factory=set)
    #: Pictures that have their row, by the hash of their content.
    pictures: set[str] = field(default_factory=set)
    #: Old pages of people who are new.
    pending: list[Destination] = field(default_factory=list)
    #: About people whose names stand here differently.
    renamed: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Begin anew after a rollback: what was made is not there."""
        self.bylines.clear()
        self.tags.clear()
        self.pictures.clear()
        self.pending.clear()
        self.renamed.clear()

    def note_name(self, author: Author, user: User) -> None:
        """Remember to say that somebody has another name here, since a person with an account shows theirs."""
        if user.name.endswith(f" ({user.username})") and user.name != author.name:
            self.renamed.append(
                f"{author.name} is shown as {user.name}, since somebody with an account here has that name. "
                f"To credit the account, change the posts' authors."
            )


def outcome(prepared: Prepared, known: ImportedItem | None, version: int | None) -> Outcome:
    """What is to be done; ``version`` is the present one of what the item became before."""
    # A starter text of the set-up has no fingerprint; it gives its place to a text that is new.
    if known is None or not known.fingerprint:
        return Outcome.IMPORTED
    if known.fingerprint == prepared.fingerprint:
        return Outcome.UNCHANGED
    if known.kind != prepared.item.kind or (known.kind != Kind.REDIRECT and version != known.version):
        return Outcome.KEPT
    return Outcome.UPDATED


@dataclass(frozen=True, slots=True)
class Stored:
    """An item whose post or page is in the session, but not yet in the books of the import."""

    prepared: Prepared
    known: ImportedItem | None
    post: Post | None = None
    page: Page | None = None


def store(batch: Sequence[tuple[Prepared, ImportedItem | None]], *, run: Run) -> list[Stored]:
    """Make or update what the items become. When the batch is flushed, `record` does the rest."""
    for prepared, _ in batch:
        _keep_pictures(prepared, run)
    new = [prepared for prepared, known in batch if known is None and prepared.item.kind is Kind.POST]
    made = arrivals.take_in([_arrival(prepared, run) for prepared in new], by=run.by)
    posts_by_source = {prepared.item.source: post for prepared, post in zip(new, made, strict=True)}
    return [
        _stored_one(prepared, known, posts_by_source.get(prepared.item.source), run)
        for prepared, known in batch
    ]


def _stored_one(prepared: Prepared, known: ImportedItem | None, made: Post | None, run: Run) -> Stored:
    if prepared.item.kind is Kind.PAGE:
        return Stored(prepared, known, page=_store_page(prepared, known, run))
    if made is None and known is not None and prepared.item.kind is Kind.POST:
        return Stored(prepared, known, post=_revise_post(prepared, known, run))
    return Stored(prepared, known, post=made)


def _keep_pictures(prepared: Prepared, run: Run) -> None:
    for picture in prepared.pictures:
        if picture.facts is not None and picture.facts.content_hash not in run.pictures:
            media.record(picture.facts, name=picture.name, alt=picture.alt, by=run.by, at=run.at)
            run.pictures.add(picture.facts.content_hash)


def record(batch: Sequence[Stored], *, run: Run) -> dict[str, tuple[Note, ...]]:
    """Remember what was stored, and keep the old addresses; notes by source for those that lead elsewhere."""
    for stored in batch:
        _remember(stored, run)
    db.session.flush()
    if run.fetch_images:
        _fetch_pictures(batch)
    targets = [target for stored in batch for target in _targets(stored, run)]
    leaving = {to.old_path: to.url for to in targets if to.url is not None and "://" in to.url}
    refused = redirects.keep_all([*targets, *_pages_of_tags(batch, run), *_pictures(batch), *run.pending])
    run.pending.clear()
    return {
        stored.prepared.item.source: tuple(
            Note(Fate.LOST, "old addresses", f"{path[:200]} {refused[path]}")
            for path in stored.prepared.old_paths
            if path in refused
        )
        + tuple(
            # Whoever imports somebody's folder reads which addresses of the site leave it.
            Note(
                Fate.CHANGED, "addresses that lead to another site", f"{path[:200]} to {leaving[path][:200]}"
            )
            for path in stored.prepared.old_paths
            if path in leaving and path not in refused
        )
        for stored in batch
    }


def _fetch_pictures(batch: Sequence[Stored]) -> None:
    """Have jobs copy the pictures of other sites: those may be slow, and the import does not wait for them."""
    for stored in batch:
        if stored.post is not None:
            post_pictures.fetch(stored.post)
        if stored.page is not None:
            page_pictures.fetch(stored.page)


def meet(authors: Iterable[Author], *, run: Run) -> None:
    """Find the bylines of authors, or make them: always the same byline, never somebody's account."""
    keys = {queries.key_of(run.source, author.key): author for author in authors}
    missing = [key for key in keys if key not in run.bylines]
    for chunk in queries.chunks(missing):
        for key, user in db.session.execute(queries.bylines(chunk)):
            run.bylines[key] = user
    _make_bylines({key: keys[key] for key in missing if key not in run.bylines}, run)


def _make_bylines(authors: Mapping[str, Author], run: Run) -> None:
    if not authors:
        return
    wanted = [Byline(author.name, author.key, author.bio, author.website) for author in authors.values()]
    made = bylines.create_all(wanted, at=run.at)
    for (key, author), user in zip(authors.items(), made, strict=True):
        run.bylines[key] = user
        run.note_name(author, user)
        db.session.add(ImportedAuthor(key=key, name=author.name, user_id=user.id))
        run.pending += [
            Destination(path, Target.AUTHOR, target_id=user.id)
            for path in author_pages(author.key, run.base_path)
        ]


def _credited(item: Item, run: Run) -> list[User]:
    keys = [queries.key_of(run.source, author.key) for author in item.authors]
    return [run.bylines[key] for key in keys] or [run.by]


def _arrival(prepared: Prepared, run: Run) -> Arrival:
    item = prepared.item
    at = item.date or run.at
    status = _STATUSES.get(item.standing, Status.PUBLIC)
    return Arrival(
        _manuscript(prepared),
        status,
        published_at=at if status is Status.PUBLIC else item.draft_date,
        created_at=at,
        updated_at=item.updated or at,
        bylines=_credited(item, run),
        comments_open=item.comments_open,
        canonical_url=item.canonical,
        language=item.language,
        translation_key=item.translation_key or None,
        note=f"Imported from {item.source}",
    )


def _revise_post(prepared: Prepared, known: ImportedItem, run: Run) -> Post:
    item, manuscript = prepared.item, _manuscript(prepared)
    post = stored_posts.get(known.post_id or 0)
    note = f"Imported again from {item.source}"
    # Set before the state is kept, so that the history has them; an import checks addresses and languages itself.
    post.canonical_url, post.language = item.canonical, item.language
    post.translation_key = item.translation_key or None
    if _STATUSES.get(item.standing) is None:
        post.published_at = item.date or run.at
    details = Details(comments_open=item.comments_open, bylines=_credited(item, run), note=note)
    posts.revise(post, manuscript, by=run.by, at=run.at, expected_version=known.version, details=details)
    _set_standing(post, item, run)
    return post


def _set_standing(post: Post, item: Item, run: Run) -> None:
    """Make the post as public as it was, with its own dates."""
    at = item.date or run.at
    if item.standing in {Standing.DRAFT, Standing.IN_REVIEW}:
        if post.status is Status.PUBLIC:
            posts.unpublish(post, by=run.by, at=run.at)
        if item.standing is Standing.IN_REVIEW:
            posts.submit(post, by=run.by, at=run.at)
        posts.backdate(post, when=item.draft_date, changed=item.updated or at)
    else:
        posts.publish(post, by=run.by, at=at)
        posts.backdate(post, when=at, changed=item.updated or at)


def _store_page(prepared: Prepared, known: ImportedItem | None, run: Run) -> Page:
    item, manuscript = prepared.item, _manuscript(prepared)
    if known is None:
        page = pages.create(manuscript, by=run.by, at=run.at)
    else:
        page = stored_pages.get(known.page_id or 0)
        pages.revise(page, manuscript, by=run.by, at=run.at, expected_version=known.version)
    change = pages.unpublish if item.standing is Standing.DRAFT else pages.publish
    change(page, by=run.by, at=item.updated or item.date or run.at)
    return page


def _manuscript(prepared: Prepared) -> Manuscript:
    if prepared.manuscript is None:
        raise NotFound("This item was not typeset.")
    return prepared.manuscript


def _targets(stored: Stored, run: Run) -> Iterator[Destination]:
    """Where the old addresses of an item lead: to its row, or to that of the text that it only led to."""
    post_id = stored.post.id if stored.post else None
    page_id = stored.page.id if stored.page else None
    leads_to = stored.prepared.leads_to
    if leads_to is not None:
        target = db.session.scalar(queries.by_key(queries.key_of(run.source, leads_to)))
        post_id, page_id = (target.post_id, target.page_id) if target else (None, None)
    for path in stored.prepared.old_paths:
        if _is_own_address(path, stored):
            continue
        if post_id is not None:
            yield Destination(path, Target.POST, target_id=post_id)
        elif page_id is not None:
            yield Destination(path, Target.PAGE, target_id=page_id)
        else:
            yield Destination(path, Target.URL, url=leads_to)


def _is_own_address(path: str, stored: Stored) -> bool:
    """Whether the path has the form of our own addresses, and belongs to the text from now on."""
    if stored.post is not None and (post_slug := _POST.fullmatch(path)):
        return posts.keep_address(stored.post, post_slug[1])
    if stored.page is not None and (page_slug := _PAGE.fullmatch(path)):
        return pages.keep_address(stored.page, page_slug[1])
    return False


def _pages_of_tags(batch: Sequence[Stored], run: Run) -> Iterator[Destination]:
    """The pages where site generators list the texts of a tag, for tags that were not met before."""
    for stored in batch:
        for row in stored.post.tag_rows if stored.post else ():
            if row.tag.id not in run.tags | run.settled_tags:
                run.tags.add(row.tag.id)
                own = [run.base_path + path for path in run.own_tag_pages(row.tag.name)]
                for path in dict.fromkeys((*own, *tag_pages(row.tag.name, run.base_path))):
                    yield Destination(path, Target.TAG, target_id=row.tag.id)
                # The feed of a tag lay beside its page.
                for path in own:
                    for feed in ("index.xml", "rss.xml", "atom.xml"):
                        file = "feed.xml" if feed == "atom.xml" else "rss.xml"
                        url = f"/blog/tag/{row.tag.slug}/{file}"
                        yield Destination(
                            f"{path.removesuffix('.html').rstrip('/')}/{feed}", Target.URL, url=url
                        )


def _pictures(batch: Sequence[Stored]) -> Iterator[Destination]:
    """Pictures stay where other sites show them from."""
    for stored in batch:
        for picture in stored.prepared.pictures:
            if picture.old_path and picture.old_path != picture.url:
                yield Destination(picture.old_path, Target.URL, url=picture.url)


def _remember(stored: Stored, run: Run) -> None:
    text = stored.post or stored.page
    prepared = stored.prepared
    row = db.session.get(ImportedItem, stored.known.id) if stored.known and stored.known.id else None
    if row is None:
        path = prepared.item.source
        row = ImportedItem(key=queries.key_of(run.source, path), source=run.source, path=path)
        db.session.add(row)
    row.kind = prepared.item.kind.value
    row.post_id = stored.post.id if stored.post else None
    row.page_id = stored.page.id if stored.page else None
    row.wanted_slug, row.slug = prepared.item.slug, prepared.slug
    row.fingerprint = prepared.fingerprint
    row.version = text.version if text else 0
    row.imported_at = run.at
