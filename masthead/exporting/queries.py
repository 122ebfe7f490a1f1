"""Queries for exports, in an order that does not depend on ids."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from masthead.media.models import Media
from masthead.pages.links import ABOUT
from masthead.pages.models import Page, PageSlug
from masthead.people.models import User
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostByline, PostSlug, PostTag
from masthead.redirects.models import Redirect, Target
from masthead.tags.models import Tag

POSTS_AT_ONCE = 500


def posts(session: Session) -> Iterator[Post]:
    """Every post that is not in the trash, by slug; three queries for five hundred posts."""
    chosen = (
        select(Post)
        .where(Post.status != Status.TRASHED)
        .order_by(Post.slug)
        .limit(POSTS_AT_ONCE)
        .options(
            undefer(Post.body),
            joinedload(Post.author, innerjoin=True),
            selectinload(Post.byline_rows).joinedload(PostByline.user, innerjoin=True),
            selectinload(Post.tag_rows).joinedload(PostTag.tag, innerjoin=True),
        )
    )
    last = ""
    while batch := session.scalars(chosen.where(Post.slug > last)).all():
        yield from batch
        last = batch[-1].slug
        session.expunge_all()


def pages(session: Session) -> Iterator[Page]:
    """Every page that is not in the trash, by slug."""
    yield from session.scalars(select(Page).where(Page.trashed_at.is_(None)).order_by(Page.slug))


def pictures(session: Session) -> Iterator[Media]:
    """Every file outside the trash, by path."""
    # Sorted in Python, because databases have different collations.
    yield from sorted(
        session.scalars(select(Media).where(Media.trashed_at.is_(None))), key=lambda picture: picture.path
    )


def tags(session: Session) -> Iterator[Tag]:
    """Every tag, by slug."""
    yield from sorted(session.scalars(select(Tag)), key=lambda tag: tag.slug)


def credited(session: Session, user_ids: set[int]) -> list[User]:
    """The users with these ids, and every byline, by user name."""
    found = [user for user in session.scalars(select(User)) if user.id in user_ids or user.is_byline]
    return sorted(found, key=lambda user: user.username)


def old_paths(session: Session) -> dict[tuple[str, int], list[str]]:
    """The sorted old addresses of each post, page, tag and author, by kind and id."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    redirects = select(Redirect.kind, Redirect.target_id, Redirect.path).where(
        Redirect.target_id.is_not(None)
    )
    for kind, target_id, path in session.execute(redirects):
        found[kind, target_id or 0].append(path)
    former_posts = select(PostSlug.post_id, PostSlug.slug).join(Post, Post.id == PostSlug.post_id)
    for post_id, slug in session.execute(former_posts.where(PostSlug.slug != Post.slug)):
        found[Target.POST, post_id or 0].append(f"/blog/post/{slug}")
    former_pages = select(PageSlug.page_id, PageSlug.slug).join(Page, Page.id == PageSlug.page_id)
    for page_id, slug in session.execute(former_pages.where(PageSlug.slug != Page.slug)):
        found[Target.PAGE, page_id or 0].append(f"/{ABOUT}" if slug == ABOUT else f"/page/{slug}")
    return {target: sorted(set(paths)) for target, paths in found.items()}


def redirects_elsewhere(session: Session) -> list[tuple[str, str]]:
    """The redirects to URLs: old path and URL."""
    chosen = select(Redirect.path, Redirect.target_url).where(Redirect.kind == Target.URL)
    return sorted((path, url or "") for path, url in session.execute(chosen))
