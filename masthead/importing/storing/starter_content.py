"""The starter texts of a new publication, which imported texts replace.

Set-up writes a page "About" and a post that explains the next steps. While they are unedited, an imported text with the
same slug replaces them, so that it gets `/about` and not a numbered slug.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, scoped_session

from masthead.comments.models import Comment
from masthead.db import db
from masthead.importing.items import ItemKind, ScannedItem
from masthead.importing.models import ImportedItem
from masthead.media import usage
from masthead.pages.links import ABOUT
from masthead.pages.models import Page
from masthead.posts.models import Post, PostTag
from masthead.tags.models import Tag

#: `masthead.site.first_texts` writes both texts; a test of the set-up compares them.
_ABOUT: Final = re.compile(
    r"[^\n]+ is a new publication\.\s+Say here what it is about, who writes it and how readers can reach you\.\s*"
)
_WELCOME: Final = "This post was written when your publication was set up."
_WELCOME_TAG: Final = "welcome"
_WELCOME_SLUG: Final = "welcome-to-"
#: The version after set-up, which stores the text and then publishes it.
_UNEDITED: Final = 2


def replaceable_starters(
    session: Session, entries: Iterable[ScannedItem], source: str, at: datetime
) -> dict[str, ImportedItem]:
    """The unedited starter texts whose slugs new items want, as records of an earlier import, by item."""
    rows = [*_pages(session), *_posts(session)]
    if not rows:
        return {}
    starters = {(ItemKind(row.kind), row.slug) for row in rows}
    wanted = {place: entry.source for entry in entries if (place := (entry.kind, entry.slug)) in starters}
    found = {}
    for row in rows:
        replacement = wanted.get((ItemKind(row.kind), row.slug))
        if replacement is not None:
            row.source, row.path, row.imported_at = source, replacement, at
            found[replacement] = row
    return found


def remove_unedited(wanted: Collection[tuple[ItemKind, str]] = ()) -> list[str]:
    """Delete the unedited starter texts, for a publication that comes as a whole; returns sentences about them.

    Those whose kind and slug are wanted stay, and so does a post with comments.
    """
    sentences = []
    for row in unedited():
        if (ItemKind(row.kind), row.slug) in wanted or _has_comments(row.post_id):
            continue
        model: type[Post] | type[Page] = Post if row.post_id is not None else Page
        text_id = row.post_id if row.post_id is not None else row.page_id
        db.session.execute(
            delete(model).where(model.id == text_id), execution_options={"synchronize_session": False}
        )
        usage.forget(model.KIND, [text_id or 0])
        sentences.append(f"The {model.KIND} “{row.slug}”, which set-up had written, made room.")
    if sentences:
        _remove_welcome_tag()
    db.session.flush()
    return sentences


def unedited() -> list[ImportedItem]:
    """The unedited starter texts."""
    return [*_pages(db.session), *_posts(db.session)]


def _has_comments(post_id: int | None) -> bool:
    comments = select(Comment.id).where(Comment.post_id == post_id).limit(1)
    return post_id is not None and db.session.scalar(comments) is not None


def _remove_welcome_tag() -> None:
    """The tag of the welcome post, if nothing else has it."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == _WELCOME_TAG, Tag.description == ""))
    if (
        tag is not None
        and db.session.scalar(select(PostTag.post_id).where(PostTag.tag_id == tag.id).limit(1)) is None
    ):
        db.session.delete(tag)


def _pages(session: Session | scoped_session[Any]) -> Iterable[ImportedItem]:
    # Somebody who hides it or puts it into the trash has decided about it.
    shown = select(Page).where(Page.slug == ABOUT, Page.is_public, Page.trashed_at.is_(None))
    page = session.scalar(shown)
    if page is not None and _ABOUT.fullmatch(page.body):
        yield _row(ItemKind.PAGE, page.slug, page.version, page_id=page.id)


def _posts(session: Session | scoped_session[Any]) -> Iterable[ImportedItem]:
    columns = select(Post.id, Post.slug, Post.version, Post.body)
    for post in session.execute(
        columns.where(Post.slug.startswith(_WELCOME_SLUG), Post.version <= _UNEDITED)
    ):
        if post.body.startswith(_WELCOME):
            yield _row(ItemKind.POST, post.slug, post.version, post_id=post.id)


def _row(
    kind: ItemKind, slug: str, version: int, *, post_id: int | None = None, page_id: int | None = None
) -> ImportedItem:
    return ImportedItem(
        kind=kind.value,
        post_id=post_id,
        page_id=page_id,
        wanted_slug=slug,
        slug=slug,
        fingerprint="",
        version=version,
    )
