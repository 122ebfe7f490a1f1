"""The first texts of a new publication, which give way to imported ones that want their address.

Set-up writes a page "About" and a post that explains the next steps. While nobody has worked on them, an import
takes their place, so that the real page stands at `/about` and nothing is numbered.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from masthead.importing.items import ItemKind, ScannedItem
from masthead.importing.models import ImportedItem
from masthead.pages.links import ABOUT
from masthead.pages.models import Page
from masthead.posts.models import Post

#: `masthead.site.first_texts` writes both; a test of the set-up holds them together.
_ABOUT: Final = re.compile(
    r"[^\n]+ is a new publication\.\s+Say here what it is about, who writes it and how readers can reach you\.\s*"
)
_WELCOME: Final = "This post was written when your publication was set up."
_WELCOME_SLUG: Final = "welcome-to-"
#: What set-up leaves: the text is stored, then published.
_UNEDITED: Final = 2


def replaceable_starters(
    session: Session, entries: Iterable[ScannedItem], source: str, at: datetime
) -> dict[str, ImportedItem]:
    """By the source of the text that takes the place of each: the starter text as though an import had made it."""
    wanted = {(entry.kind, entry.slug): entry.source for entry in entries}
    found = {}
    for row in (*_pages(session), *_posts(session)):
        taker = wanted.get((ItemKind(row.kind), row.slug))
        if taker is not None:
            row.source, row.path, row.imported_at = source, taker, at
            found[taker] = row
    return found


def _pages(session: Session) -> Iterable[ImportedItem]:
    page = session.scalar(select(Page).where(Page.slug == ABOUT))
    if page is not None and _ABOUT.fullmatch(page.body):
        yield _row(ItemKind.PAGE, page.slug, page.version, page_id=page.id)


def _posts(session: Session) -> Iterable[ImportedItem]:
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
