"""Records stored items for later imports, and redirects their old addresses."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from masthead.db import db
from masthead.importing import queries
from masthead.importing.items import ImportNote, NoteKind
from masthead.importing.models import ImportedItem
from masthead.importing.storing.actions import StoredItem
from masthead.importing.storing.run import ImportRun
from masthead.importing.urls.index import tag_pages
from masthead.pages import pictures as page_pictures
from masthead.pages.models import Page
from masthead.pages.slugs import SLUGS as PAGE_SLUGS
from masthead.posts import pictures as post_pictures
from masthead.posts.models import Post
from masthead.posts.slugs import SLUGS as POST_SLUGS
from masthead.redirects import actions as redirects
from masthead.redirects.actions import Destination
from masthead.redirects.models import Target

#: Masthead's own addresses, which its exports have.
_POST: Final = re.compile(r"/blog/post/([a-z0-9]+(?:-[a-z0-9]+)*)/?")
_PAGE: Final = re.compile(r"/page/([a-z0-9]+(?:-[a-z0-9]+)*)/?")


def record(batch: Sequence[StoredItem], *, run: ImportRun) -> dict[str, tuple[ImportNote, ...]]:
    """Record stored items and redirect their old addresses; returns notes about redirects by item."""
    for stored in batch:
        _record_item(stored, run)
    db.session.flush()
    if run.fetch_images:
        _queue_image_copies(batch)
    targets = [target for stored in batch for target in _targets(stored, run)]
    leaving = {to.old_path: to.url for to in targets if to.url is not None and "://" in to.url}
    refused = redirects.keep_all(
        [*targets, *_tag_page_redirects(batch, run), *_image_redirects(batch), *run.pending]
    )
    run.pending.clear()
    return {
        stored.prepared.item.source: tuple(
            ImportNote(NoteKind.LOST, "old addresses", f"{path[:200]} {refused[path]}")
            for path in stored.prepared.old_paths
            if path in refused
        )
        + tuple(
            # The report lists redirects to other sites, since the source may come from somebody else.
            ImportNote(
                NoteKind.CHANGED,
                "addresses that lead to another site",
                f"{path[:200]} to {leaving[path][:200]}",
            )
            for path in stored.prepared.old_paths
            if path in leaving and path not in refused
        )
        for stored in batch
    }


def _queue_image_copies(batch: Sequence[StoredItem]) -> None:
    """Queue jobs that copy pictures of other sites, which may be slow to answer."""
    for stored in batch:
        if stored.post is not None:
            post_pictures.fetch(stored.post)
        if stored.page is not None:
            page_pictures.fetch(stored.page)


def _targets(stored: StoredItem, run: ImportRun) -> Iterator[Destination]:
    """The redirects of an item's old addresses: to its post or page, or to the target of a redirect item."""
    post_id = stored.post.id if stored.post else None
    page_id = stored.page.id if stored.page else None
    leads_to = stored.prepared.leads_to
    if leads_to is not None:
        target = db.session.scalar(queries.item_by_key(queries.key_of(run.source, leads_to)))
        post_id, page_id = (target.post_id, target.page_id) if target else (None, None)
    for path in stored.prepared.old_paths:
        if _is_own_address(path, stored.post, stored.page):
            continue
        if leads_to is not None and _is_own_address(path, *_texts(path, post_id, page_id)):
            continue
        if post_id is not None:
            yield Destination(path, Target.POST, target_id=post_id)
        elif page_id is not None:
            yield Destination(path, Target.PAGE, target_id=page_id)
        else:
            yield Destination(path, Target.URL, url=leads_to)


def _texts(path: str, post_id: int | None, page_id: int | None) -> tuple[Post | None, Page | None]:
    """The text to which an address of our own form leads; none for other addresses."""
    post = db.session.get(Post, post_id) if post_id is not None and _POST.fullmatch(path) else None
    page = db.session.get(Page, page_id) if page_id is not None and _PAGE.fullmatch(path) else None
    return post, page


def _is_own_address(path: str, post: Post | None, page: Page | None) -> bool:
    """Check if the path has the form of our own addresses; if so, the text keeps it as a former address."""
    if post is not None and (post_slug := _POST.fullmatch(path)):
        return POST_SLUGS.keep(post, post_slug[1])
    if page is not None and (page_slug := _PAGE.fullmatch(path)):
        return PAGE_SLUGS.keep(page, page_slug[1])
    return False


def _tag_page_redirects(batch: Sequence[StoredItem], run: ImportRun) -> Iterator[Destination]:
    """The redirects of old tag pages and their feeds, for tags that this import has not handled yet."""
    for stored in batch:
        for row in stored.post.tag_rows if stored.post else ():
            if row.tag.id not in run.tags | run.settled_tags:
                run.tags.add(row.tag.id)
                own = [run.base_path + path for path in run.own_tag_pages(row.tag.name)]
                for path in dict.fromkeys((*own, *tag_pages(row.tag.name, run.base_path))):
                    yield Destination(path, Target.TAG, target_id=row.tag.id)
                # The feed of a tag was beside its page.
                for path in own:
                    for feed in ("index.xml", "rss.xml", "atom.xml"):
                        file = "feed.xml" if feed == "atom.xml" else "rss.xml"
                        url = f"/blog/tag/{row.tag.slug}/{file}"
                        yield Destination(
                            f"{path.removesuffix('.html').rstrip('/')}/{feed}", Target.URL, url=url
                        )


def _image_redirects(batch: Sequence[StoredItem]) -> Iterator[Destination]:
    """The redirects of images' old addresses, from which other sites may show them."""
    for stored in batch:
        for picture in stored.prepared.pictures:
            if picture.old_path and picture.old_path != picture.url:
                yield Destination(picture.old_path, Target.URL, url=picture.url)


def _record_item(stored: StoredItem, run: ImportRun) -> None:
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
