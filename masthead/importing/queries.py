"""Queries about earlier imports, and about slugs that are taken."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from masthead.importing.items import ItemKind
from masthead.importing.models import ImportedAuthor, ImportedItem
from masthead.pages.models import Page, PageSlug
from masthead.people.models import Role, User
from masthead.people.permissions import ADMINISTRATOR
from masthead.posts.models import Post, PostSlug

#: Smaller than the limit of bind variables of both databases.
CHUNK = 500

Thing = TypeVar("Thing")


def key_of(source: str, name: str) -> str:
    """The key of an item or an author of a source."""
    return hashlib.sha256(f"{source}\0{name}".encode()).hexdigest()


def item_by_key(key: str) -> Select[ImportedItem]:
    """The item with this key."""
    return select(ImportedItem).where(ImportedItem.key == key)


def byline_users(keys: Iterable[str]) -> Select[str, User]:
    """The keys of authors with their users and roles."""
    return (
        select(ImportedAuthor.key, User)
        .join(User, User.id == ImportedAuthor.user_id)
        .where(ImportedAuthor.key.in_(list(keys)))
        .options(joinedload(User.role, innerjoin=True))
    )


def imported_authors(keys: Iterable[str]) -> Select[ImportedAuthor, User]:
    """The authors with these keys and their users."""
    return (
        select(ImportedAuthor, User)
        .join(User, User.id == ImportedAuthor.user_id)
        .where(ImportedAuthor.key.in_(list(keys)))
    )


def items_by_keys(keys: Iterable[str]) -> Select[ImportedItem]:
    """The items with these keys."""
    return select(ImportedItem).where(ImportedItem.key.in_(list(keys)))


def versions(session: Session, items: Iterable[ImportedItem]) -> Mapping[str, int]:
    """The current versions of the posts and pages of items, by path; deleted ones are missing."""
    found: dict[str, int] = {}
    kept = list(items)
    for chunk in in_chunks(kept):
        posts = {item.post_id: item.path for item in chunk if item.post_id is not None}
        pages = {item.page_id: item.path for item in chunk if item.page_id is not None}
        for post_id, version in session.execute(select(Post.id, Post.version).where(Post.id.in_(posts))):
            found[posts[post_id]] = version
        for page_id, version in session.execute(select(Page.id, Page.version).where(Page.id.in_(pages))):
            found[pages[page_id]] = version
    return found


def taken_slugs(session: Session, kind: ItemKind, slugs: Iterable[str]) -> set[str]:
    """The slugs among these that a post or a page has already."""
    column = PageSlug.slug if kind is ItemKind.PAGE else PostSlug.slug
    found: set[str] = set()
    for chunk in in_chunks(slugs):
        found.update(session.scalars(select(column).where(column.in_(chunk))))
    return found


def first_administrator() -> Select[User]:
    """The oldest active administrator, who owns imported texts if no user is named."""
    return (
        select(User)
        .join(Role, Role.id == User.role_id)
        .where(Role.name == ADMINISTRATOR, User.is_active, User.is_byline.is_(False))
        .options(joinedload(User.role, innerjoin=True))
        .order_by(User.id)
        .limit(1)
    )


def in_chunks(things: Iterable[Thing], size: int = CHUNK) -> Iterator[list[Thing]]:
    """Split an iterable into lists of at most this size."""
    rest = iter(things)
    while chunk := list(islice(rest, size)):
        yield chunk
