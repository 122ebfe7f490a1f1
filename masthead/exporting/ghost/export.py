"""Writes the JSON table by table, and a hundred rows at a time; with files, redirects and routes into a ZIP."""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from masthead.comments.models import Comment, CommentStatus
from masthead.exporting import queries
from masthead.exporting.addresses import SiteAddresses
from masthead.exporting.ghost import routes, tables
from masthead.exporting.ghost.fields import number
from masthead.exporting.ghost.places import Places, file_path
from masthead.exporting.ghost.tables import TableWriter
from masthead.exporting.threads import threads
from masthead.people.models import User
from masthead.posts.models import PostSlug
from masthead.settings.publication import Publication
from masthead.storage.store import CHUNK_BYTES, FileStore

#: The version whose tables these are.
VERSION: Final = "5.0.0"
Row = dict[str, Any]


@dataclass(slots=True)
class GhostCounts:
    """Counters of exported objects."""

    posts: int = 0
    pages: int = 0
    comments: int = 0
    authors: int = 0
    files: int = 0
    #: The number of values that are shorter in Ghost.
    cut: int = 0
    #: The paths of files that the store does not have.
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GhostOptions:
    """The form of an export."""

    url: str
    at: datetime
    as_zip: bool = False
    as_markdown: bool = False


def write_ghost(
    file: BinaryIO, site: Publication, options: GhostOptions, *, session: Session, files: FileStore
) -> GhostCounts:
    """Write the whole export."""
    export = _Export(site, options, session)
    if not options.as_zip:
        export.write_json(file)
        return export.tally
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("ghost-export.json", "w", force_zip64=True) as member:
            export.write_json(member)
        with archive.open("redirects.yaml", "w", force_zip64=True) as member:
            for line in routes.redirects(session):
                member.write(line.encode("utf-8", "replace"))
        archive.writestr("routes.yaml", routes.ROUTES)
        export.write_files(archive, files)
    return export.tally


class _Export:
    def __init__(self, site: Publication, options: GhostOptions, session: Session) -> None:
        addresses = SiteAddresses(options.url.rstrip("/"))
        places = Places(addresses, has_files=options.as_zip)
        self._site = site
        self._at = options.at
        self._session = session
        self._places = places
        self._rows = TableWriter(addresses, places, options.as_markdown, options.at)
        self.tally = GhostCounts()

    def write_json(self, file: Any) -> None:
        def put(text: str) -> None:
            file.write(text.encode("utf-8", "replace"))

        meta = {"exported_on": int(self._at.timestamp() * 1_000), "version": VERSION}
        put(f'{{"db":[{{"meta":{json.dumps(meta)},"data":{{')
        parts: dict[str, Callable[[], Iterable[Row]]] = {
            "posts": self._posts,
            "posts_meta": self._meta,
            "posts_tags": self._tag_links,
            "posts_authors": self._author_links,
            "tags": self._tags,
            "users": self._users,
            "roles": tables.roles,
            "roles_users": self._role_links,
            "settings": lambda: tables.settings(self._site, self._places),
            "members": self._members,
            "comments": self._comments,
        }
        for order, (name, rows) in enumerate(parts.items()):
            put(("," if order else "") + f"{json.dumps(name)}:[")
            for place, row in enumerate(rows()):
                put((",\n" if place else "\n") + json.dumps(row, ensure_ascii=False))
            put("]\n")
            self._session.expunge_all()
        put("}}]}\n")
        self.tally.cut = self._rows.cut

    def _posts(self) -> Iterator[Row]:
        for batch in queries.post_batches(self._session):
            for post in batch:
                self.tally.posts += 1
                yield self._rows.post(post)
        for pages in queries.page_batches(self._session):
            # Ghost leaves out a page with the slug of a post.
            slugs = [page.slug for page in pages]
            taken = set(self._session.scalars(select(PostSlug.slug).where(PostSlug.slug.in_(slugs))))
            for page in pages:
                self.tally.pages += 1
                yield self._rows.page(page, f"{page.slug[:170]}-page" if page.slug in taken else page.slug)

    def _meta(self) -> Iterator[Row]:
        for post in queries.light_posts(self._session):
            if any((post.meta_title, post.meta_description, post.card_title, post.card_description)) or (
                post.card_image or post.lead_alt or post.lead_caption
            ):
                yield self._rows.meta(post)

    def _tag_links(self) -> Iterator[Row]:
        for place, row in enumerate(
            link for post in queries.light_posts(self._session) for link in self._rows.tag_links(post)
        ):
            yield {"id": number("link", place)} | row

    def _author_links(self) -> Iterator[Row]:
        for place, row in enumerate(
            link for post in queries.light_posts(self._session) for link in self._rows.author_links(post)
        ):
            yield {"id": number("link", place)} | row

    def _tags(self) -> Iterator[Row]:
        return (self._rows.tag(tag) for tag in queries.tags(self._session))

    def _users(self) -> Iterator[Row]:
        for user in queries.authors(self._session):
            self.tally.authors += 1
            yield self._rows.user(user)

    def _role_links(self) -> Iterator[Row]:
        return (self._rows.role_link(user) for user in queries.authors(self._session))

    def _members(self) -> Iterator[Row]:
        """The people who comment, by their names alone."""
        shown = select(Comment.author_id).where(Comment.status == CommentStatus.APPROVED)
        for user in self._session.scalars(select(User).where(User.id.in_(shown)).order_by(User.id)):
            yield {"id": number("user", user.id), "name": user.display_name}

    def _comments(self) -> Iterator[Row]:
        for batch in queries.light_post_batches(self._session):
            reader = threads(self._session, batch)
            for post in batch:
                roots: dict[int, int] = {}
                for comment in reader.below(post):
                    above = reader.answered(comment)
                    root = roots.get(above, above) if above is not None else None
                    roots[comment.id] = root if root is not None else comment.id
                    self.tally.comments += 1
                    yield self._rows.comment(comment, above, root)

    def write_files(self, archive: zipfile.ZipFile, files: FileStore) -> None:
        """Copy every file of the library into the ZIP, in parts."""
        for batch in queries.media_batches(self._session):
            for media in batch:
                size = files.size(media.key)
                if size is None:
                    self.tally.missing.append(media.path)
                    continue
                entry = zipfile.ZipInfo(file_path(media.path, media.kind), media.created_at.timetuple()[:6])
                # Pictures and films are packed already.
                entry.compress_type = zipfile.ZIP_STORED
                with archive.open(entry, "w", force_zip64=size > CHUNK_BYTES) as member:
                    for part in files.chunks(media.key, 0, size):
                        member.write(part)
                self.tally.files += 1
