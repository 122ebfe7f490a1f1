"""Writes the export item by item; a hundred posts are in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from urllib.parse import unquote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from masthead import time_zones
from masthead.comments.models import Comment
from masthead.exporting import queries
from masthead.exporting.addresses import SiteAddresses
from masthead.exporting.threads import threads
from masthead.exporting.wordpress import comments, head
from masthead.exporting.wordpress.items import ItemWriter, MenuItem, path_of_media
from masthead.media.models import Media
from masthead.pages.links import ABOUT
from masthead.pages.models import Page
from masthead.posts.models import Post
from masthead.redirects.models import Redirect, Target
from masthead.settings.publication import Publication


@dataclass(slots=True)
class WordPressCounts:
    """Counters of exported objects."""

    posts: int = 0
    pages: int = 0
    comments: int = 0
    files: int = 0
    authors: int = 0
    former_slugs: int = 0
    #: Old addresses of tags and authors and to other sites, which have no place in the format.
    lost_addresses: int = 0


def write_wordpress(
    file: IO[bytes], site: Publication, *, session: Session, url: str, at: datetime
) -> WordPressCounts:
    """Write the whole export; `url` is the publication's."""
    return _Export(file, site, session, SiteAddresses(url.rstrip("/"))).write(at)


class _Export:
    def __init__(
        self, file: IO[bytes], site: Publication, session: Session, addresses: SiteAddresses
    ) -> None:
        self._file = file
        self._site = site
        self._session = session
        self._addresses = addresses
        self._zone = time_zones.zone(site.time_zone)
        pages_from = session.scalar(select(func.max(Media.id))) or 0
        posts_from = pages_from + (session.scalar(select(func.max(Page.id))) or 0)
        self._entries_from = posts_from + (session.scalar(select(func.max(Post.id))) or 0)
        self._items = ItemWriter(addresses, self._zone, site.language, pages_from, posts_from)
        self._author_ids: set[int] = set()
        self._tally = WordPressCounts()

    def write(self, at: datetime) -> WordPressCounts:
        self._put(head.START + head.channel(self._site, self._addresses, at))
        for user in queries.authors(self._session):
            self._author_ids.add(user.id)
            self._put(head.author(user))
        self._tally.authors = len(self._author_ids)
        for term in head.terms(self._session):
            self._put(term)
        if self._site.navigation:
            self._put(head.menu())
        self._session.expunge_all()
        self._write_media()
        self._write_pages()
        self._write_posts()
        self._write_menu()
        self._put(head.END)
        self._tally.lost_addresses = self._session.scalar(
            select(func.count(Redirect.id)).where(Redirect.kind.not_in((Target.POST, Target.PAGE)))
        ) or 0  # fmt: skip
        return self._tally

    def _put(self, text: str) -> None:
        self._file.write(text.encode("utf-8", "replace"))

    def _write_media(self) -> None:
        for batch in queries.media_batches(self._session):
            shown = queries.lead_words(self._session, [file.id for file in batch])
            for file in batch:
                alt, caption = shown.get(file.id, ("", ""))
                self._put(self._items.media(file, (file.alt or alt, file.caption or caption)))
                self._tally.files += 1

    def _write_pages(self) -> None:
        for batch in queries.page_batches(self._session):
            former = queries.former_addresses(self._session, Target.PAGE, [page.id for page in batch])
            for page in batch:
                slugs = _slugs(former.get(page.id, []), page.slug)
                self._put(self._items.page(page, slugs))
                self._tally.pages += 1
                self._tally.former_slugs += len(slugs)

    def _write_posts(self) -> None:
        for batch in queries.post_batches(self._session):
            self._write_batch(batch)

    def _write_batch(self, batch: Sequence[Post]) -> None:
        former = queries.former_addresses(self._session, Target.POST, [post.id for post in batch])
        pictures = {path for post in batch if (path := path_of_media(post.lead_image))}
        thumbnails = queries.media_numbers(self._session, pictures)
        reader = threads(self._session, batch)
        for post in batch:
            slugs = _slugs(former.get(post.id, []), post.slug)
            thumbnail = thumbnails.get(path_of_media(post.lead_image))
            self._put(self._items.post(post, slugs, thumbnail))
            for one in reader.below(post):
                self._write_comment(one, reader.answered(one), self._addresses.post(post.slug))
            self._put("</item>\n")
            self._tally.posts += 1
            self._tally.former_slugs += len(slugs)

    def _write_comment(self, one: Comment, above: int | None, address: str) -> None:
        is_author = one.author_id in self._author_ids
        self._put(comments.comment(one, above, address, self._zone, is_author=is_author))
        self._tally.comments += 1

    def _write_menu(self) -> None:
        for order, link in enumerate(self._site.navigation, start=1):
            kind, name, number = self._target(link.path, self._entries_from + order)
            address = self._addresses.absolute(link.path) if kind == "custom" else ""
            self._put(
                self._items.menu_entry(
                    MenuItem(
                        self._entries_from + order, order, head.MENU, link.label, kind, name, number, address
                    )
                )
            )

    def _target(self, path: str, own: int) -> tuple[str, str, int]:
        """The type, the object and the number of an entry's target."""
        slug = ABOUT if path == f"/{ABOUT}" else unquote(path.removeprefix("/page/"))
        if slug != path:
            found = select(Page.id).where(Page.slug == slug, Page.trashed_at.is_(None))
            page_id = self._session.scalar(found)
            if page_id is not None:
                return "post_type", "page", self._items.pages_from + page_id
        if path.startswith("/blog/tag/"):
            term = head.term_at(self._session, unquote(path.removeprefix("/blog/tag/")))
            if term is not None:
                return "taxonomy", *term
        return "custom", "custom", own


def _slugs(addresses: Iterable[str], present: str) -> list[str]:
    """The former slugs: the last parts of old addresses, by which WordPress finds a text again."""
    found = {address.rstrip("/").rpartition("/")[2].partition(".")[0] for address in addresses}
    return sorted(slug for slug in found - {"", present} if "?" not in slug)
