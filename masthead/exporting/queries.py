"""Queries for exports, in an order that does not depend on ids."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload, undefer

from masthead.comments.models import Comment, CommentStatus
from masthead.media.links import PREFIX
from masthead.media.models import Media, MediaUsage
from masthead.pages.links import ABOUT
from masthead.pages.models import Page, PageSlug
from masthead.people.models import User
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostByline, PostSlug, PostTag
from masthead.redirects.models import Redirect, Target
from masthead.tags.models import Tag

POSTS_AT_ONCE = 500
#: Of posts with their HTML, and of files.
ROWS_AT_ONCE = 100
#: What posts are written with, but for their text.
_WITH_NAMES = (
    joinedload(Post.author, innerjoin=True),
    selectinload(Post.byline_rows).joinedload(PostByline.user, innerjoin=True),
    selectinload(Post.tag_rows).joinedload(PostTag.tag, innerjoin=True),
)
Row = TypeVar("Row", Post, Page, Media)


def _batches(
    session: Session, chosen: Select[Row], key: InstrumentedAttribute[Any]
) -> Iterator[Sequence[Row]]:
    """Run a query with an order and a limit again and again, each time from the last key on."""
    batch = session.scalars(chosen).all()
    while batch:
        last = getattr(batch[-1], key.key)
        yield batch
        session.expunge_all()
        batch = session.scalars(chosen.where(key > last)).all()


def posts(session: Session) -> Iterator[Post]:
    """Every post that is not in the trash, by slug; three queries for five hundred posts."""
    chosen = (
        select(Post)
        .where(Post.status != Status.TRASHED)
        .order_by(Post.slug)
        .limit(POSTS_AT_ONCE)
        .options(
            undefer(Post.body),
            *_WITH_NAMES,
        )
    )
    for batch in _batches(session, chosen, Post.slug):
        yield from batch


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


def redirects_to_lists(session: Session) -> Iterator[tuple[str, str]]:
    """The redirects to tags and authors: old path and present path."""
    to_tags = select(Redirect.path, Tag.slug).join(
        Tag, (Tag.id == Redirect.target_id) & (Redirect.kind == Target.TAG)
    )
    for path, slug in session.execute(to_tags.order_by(Redirect.path)):
        yield path, f"/blog/tag/{slug}/"
    to_authors = select(Redirect.path, User.username).join(
        User, (User.id == Redirect.target_id) & (Redirect.kind == Target.AUTHOR)
    )
    for path, username in session.execute(to_authors.order_by(Redirect.path)):
        yield path, f"/blog/author/{username}/"


def post_batches(session: Session) -> Iterator[Sequence[Post]]:
    """Every post that is not in the trash, by id, with text, HTML, bylines and tags; a hundred at a time."""
    chosen = (
        select(Post)
        .where(Post.status != Status.TRASHED)
        .order_by(Post.id)
        .limit(ROWS_AT_ONCE)
        .options(
            undefer(Post.html),
            undefer(Post.body),
            *_WITH_NAMES,
        )
    )
    yield from _batches(session, chosen, Post.id)


def light_post_batches(session: Session) -> Iterator[Sequence[Post]]:
    """Every post that is not in the trash, by id, without text and HTML; five hundred at a time."""
    chosen = (
        select(Post)
        .where(Post.status != Status.TRASHED)
        .order_by(Post.id)
        .limit(POSTS_AT_ONCE)
        .options(
            *_WITH_NAMES,
        )
    )
    yield from _batches(session, chosen, Post.id)


def light_posts(session: Session) -> Iterator[Post]:
    """Every post that is not in the trash, by id, without text and HTML."""
    for batch in light_post_batches(session):
        yield from batch


def page_batches(session: Session) -> Iterator[Sequence[Page]]:
    """Every page that is not in the trash, by id; a hundred at a time."""
    chosen = select(Page).where(Page.trashed_at.is_(None)).order_by(Page.id).limit(ROWS_AT_ONCE)
    yield from _batches(session, chosen, Page.id)


def media_batches(session: Session) -> Iterator[Sequence[Media]]:
    """Every file that is not in the trash, by id; a hundred at a time."""
    chosen = (
        select(Media)
        .where(Media.trashed_at.is_(None))
        .order_by(Media.id)
        .limit(ROWS_AT_ONCE)
        .options(joinedload(Media.owner))
    )
    yield from _batches(session, chosen, Media.id)


def former_addresses(session: Session, kind: Target, ids: Collection[int]) -> dict[int, list[str]]:
    """The sorted old addresses of these posts or pages: those from before Masthead, and those of former slugs."""
    found: dict[int, set[str]] = defaultdict(set)
    kept = select(Redirect.target_id, Redirect.path).where(Redirect.kind == kind, Redirect.target_id.in_(ids))
    for target_id, path in session.execute(kept):
        found[target_id or 0].add(path)
    if kind is Target.POST:
        former = (
            select(PostSlug.post_id, PostSlug.slug)
            .join(Post, Post.id == PostSlug.post_id)
            .where(Post.id.in_(ids), PostSlug.slug != Post.slug)
        )
        folder = "/blog/post"
    else:
        former = (
            select(PageSlug.page_id, PageSlug.slug)
            .join(Page, Page.id == PageSlug.page_id)
            .where(Page.id.in_(ids), PageSlug.slug != Page.slug)
        )
        folder = "/page"
    for text_id, slug in session.execute(former):
        found[text_id or 0].add(f"/{ABOUT}" if folder == "/page" and slug == ABOUT else f"{folder}/{slug}")
    return {target: sorted(paths) for target, paths in found.items()}


def media_numbers(session: Session, paths: Collection[str]) -> dict[str, int]:
    """The ids of files outside the trash, by path."""
    chosen = select(Media.path, Media.id).where(Media.path.in_(paths), Media.trashed_at.is_(None))
    return dict(session.execute(chosen).all())


def lead_words(session: Session, media_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """The alternative text and the caption that a post shows with each of these files above its text."""
    rows = session.execute(
        select(MediaUsage.media_id, Post.lead_alt, Post.lead_caption)
        .join(Post, Post.id == MediaUsage.object_id)
        .join(Media, Media.id == MediaUsage.media_id)
        .where(
            MediaUsage.media_id.in_(media_ids),
            MediaUsage.kind == "post",
            Post.lead_image == literal(PREFIX).concat(Media.path),
        )
        .order_by(Post.id.desc())
    )
    return {media_id: (alt, caption) for media_id, alt, caption in rows}


def authors(session: Session) -> Iterator[User]:
    """Every owner of a post and every credited person, by id."""
    owners = select(Post.author_id).where(Post.status != Status.TRASHED)
    credited_ids = select(PostByline.user_id)
    chosen = select(User).where(or_(User.id.in_(owners), User.id.in_(credited_ids)))
    yield from session.scalars(chosen.options(joinedload(User.role, innerjoin=True)).order_by(User.id))


def comments_below(session: Session, post_ids: Collection[int]) -> Iterator[Comment]:
    """The approved and pending comments of these posts with their authors, by post and id, a few at a time."""
    chosen = (
        select(Comment)
        .where(
            Comment.post_id.in_(post_ids),
            Comment.status.in_((CommentStatus.APPROVED, CommentStatus.PENDING)),
        )
        .order_by(Comment.post_id, Comment.id)
        .options(joinedload(Comment.author, innerjoin=True))
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    yield from session.scalars(chosen)


def left_out_comments(session: Session, post_ids: Collection[int]) -> dict[int, int | None]:
    """The comments of these posts that are spam or deleted, each with the comment that it answers."""
    rows = session.execute(
        select(Comment.id, Comment.reply_to_id, Comment.parent_id).where(
            Comment.post_id.in_(post_ids), Comment.status.in_((CommentStatus.SPAM, CommentStatus.DELETED))
        )
    )
    return {comment_id: reply_to_id or parent_id for comment_id, reply_to_id, parent_id in rows}
