"""Writes the folder in Hugo's layout: texts below `content`, lists below `data`, images below `static`.

The output does not depend on ids, on the order of rows or on the time. The same publication gives the same bytes, also
after an import and another export.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from masthead.exporting import front_matter, queries
from masthead.exporting.credits import credited
from masthead.exporting.folder import ExportFolder
from masthead.pages.links import ABOUT
from masthead.pages.models import Page
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.redirects.models import Target
from masthead.storage.store import FileStore
from masthead.text import generator_tags

#: Equal for every publication; the settings of the publication are not exported.
HUGO_SETTINGS: Mapping[str, Any] = {
    "baseURL": "/",
    "taxonomies": {"tag": "tags", "author": "authors"},
    # Texts may have HTML, which Masthead sanitises and Hugo would leave out by default.
    "markup": {"goldmark": {"renderer": {"unsafe": True}}},
}


@dataclass(slots=True)
class ExportCounts:
    """Counters of exported objects."""

    posts: int = 0
    drafts: int = 0
    pages: int = 0
    tags: int = 0
    authors: int = 0
    redirects: int = 0
    pictures: int = 0
    #: The paths of images whose file is missing.
    missing: list[str] = field(default_factory=list)


def write_export(folder: ExportFolder, *, session: Session, files: FileStore) -> ExportCounts:
    """Write the whole export, and remove outdated files of an earlier one."""
    tally = ExportCounts()
    old_paths = queries.old_paths(session)
    folder.write("hugo.yaml", front_matter.dump(HUGO_SETTINGS))
    folder.write(generator_tags.SHORTCODE_FILE, generator_tags.SHORTCODE_TEMPLATE)
    author_ids = _write_posts(folder, session, old_paths, tally)
    _write_pages(folder, session, old_paths, tally)
    _write_authors(folder, session, author_ids, old_paths, tally)
    _write_tags(folder, session, old_paths, tally)
    _write_redirects(folder, session, tally)
    _write_pictures(folder, session, files, tally)
    folder.finish()
    return tally


OldPaths = Mapping[tuple[str, int], list[str]]


def _write_posts(
    folder: ExportFolder, session: Session, old_paths: OldPaths, tally: ExportCounts
) -> set[int]:
    """Write the posts; returns the ids of their authors."""
    author_ids: set[int] = set()
    for post in queries.posts(session):
        address = f"/blog/post/{post.slug}/"
        aliases = _addresses(old_paths.get((Target.POST, post.id), []), present=address)
        folder.write(f"content/posts/{post.slug}.md", _post(post, address, aliases))
        author_ids.update(user.id for user in credited(post))
        tally.posts += 1
        tally.drafts += post.status is not Status.PUBLIC
        tally.redirects += len(aliases)
    return author_ids


def _post(post: Post, address: str, aliases: list[str]) -> str:
    is_public = post.status is Status.PUBLIC
    fields = {
        "title": post.title,
        "slug": post.slug,
        "url": address,
        # A draft has the date of its last change; it gets a date of publication when it is published.
        "date": post.published_at if is_public else post.updated_at,
        # A former or planned date of publication has a field of its own, because Hugo would use `date` for drafts, too.
        "published_at": None if is_public else post.published_at,
        "lastmod": _later(post.updated_at, post.published_at) if is_public else None,
        "draft": not is_public,
        # Hugo only has drafts; the import also reads that a draft waits for an editor.
        "status": post.status.value if post.status is Status.IN_REVIEW else None,
        "authors": [user.username for user in credited(post)],
        "tags": [tag.name for tag in post.tags],
        "summary": " ".join(post.summary.split()),
        "image": post.lead_image,
        "image_alt": post.lead_alt if post.lead_image else None,
        "image_caption": post.lead_caption if post.lead_image else None,
        "aliases": aliases,
        "canonical_url": post.canonical_url,
        "meta_title": post.meta_title or None,
        "meta_description": post.meta_description or None,
        "card_title": post.card_title or None,
        "card_description": post.card_description or None,
        "card_image": post.card_image,
        "expires_at": post.expires_at,
        "expires_to": post.expires_to,
        "language": post.language,
        "translationKey": post.translation_key,
        "comments": None if post.comments_open else "closed",
    }
    return front_matter.document(fields, post.body)


def _later(changed: datetime, published: datetime | None) -> datetime | None:
    """The date of the last change, if it is later than the publication in whole seconds."""
    whole = changed.replace(microsecond=0)
    return whole if published is None or whole > published.replace(microsecond=0) else None


def _write_pages(folder: ExportFolder, session: Session, old_paths: OldPaths, tally: ExportCounts) -> None:
    for page in queries.pages(session):
        address = f"/{page.slug}/" if page.slug == ABOUT else f"/page/{page.slug}/"
        aliases = _addresses(old_paths.get((Target.PAGE, page.id), []), present=address)
        folder.write(f"content/pages/{page.slug}.md", _page(page, address, aliases))
        tally.pages += 1
        tally.redirects += len(aliases)


def _page(page: Page, address: str, aliases: list[str]) -> str:
    fields = {
        "title": page.title,
        "slug": page.slug,
        "url": address,
        "lastmod": page.updated_at,
        "draft": not page.is_public,
        "summary": " ".join(page.summary.split()),
        "aliases": aliases,
    }
    return front_matter.document(fields, page.body)


def _write_authors(
    folder: ExportFolder, session: Session, author_ids: set[int], old_paths: OldPaths, tally: ExportCounts
) -> None:
    authors = {}
    for user in queries.credited(session, author_ids):
        aliases = _addresses(old_paths.get((Target.AUTHOR, user.id), []))
        described = {
            "name": user.display_name,
            "bio": user.bio,
            "website": user.website,
            "avatar": user.avatar,
            "aliases": aliases,
        }
        authors[user.username] = {name: value for name, value in described.items() if value}
        tally.authors += 1
        tally.redirects += len(aliases)
    folder.write("data/authors.yaml", front_matter.dump(authors))


def _write_tags(folder: ExportFolder, session: Session, old_paths: OldPaths, tally: ExportCounts) -> None:
    tags = []
    for tag in queries.tags(session):
        aliases = _addresses(old_paths.get((Target.TAG, tag.id), []))
        described = {"name": tag.name, "slug": tag.slug, "description": tag.description, "aliases": aliases}
        tags.append({name: value for name, value in described.items() if value})
        tally.tags += 1
        tally.redirects += len(aliases)
    folder.write("data/tags.yaml", front_matter.dump(tags))


def _write_redirects(folder: ExportFolder, session: Session, tally: ExportCounts) -> None:
    redirects = [
        {"from": address, "to": url}
        for path, url in queries.redirects_elsewhere(session)
        for address in _addresses([path])
    ]
    folder.write("data/redirects.yaml", front_matter.dump(redirects))
    tally.redirects += len(redirects)


def _write_pictures(folder: ExportFolder, session: Session, files: FileStore, tally: ExportCounts) -> None:
    pictures = []
    for picture in queries.pictures(session):
        try:
            content = files.get(picture.key)
        except FileNotFoundError:
            tally.missing.append(picture.path)
            continue
        folder.write(f"static/media/{picture.path}", content)
        described = {"path": f"/media/{picture.path}", "name": picture.name, "alt": picture.alt}
        pictures.append({name: value for name, value in described.items() if value})
        tally.pictures += 1
    folder.write("data/media.yaml", front_matter.dump(pictures))


def _addresses(paths: list[str], *, present: str = "") -> list[str]:
    """Percent-encode characters in stored paths that would end or change an address.

    The present address is left out; an import may have stored it as an old one.
    """
    return [
        path.replace("%", "%25").replace("?", "%3F").replace("#", "%23")
        for path in paths
        if path != present.rstrip("/")
    ]
