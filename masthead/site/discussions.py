"""The comments below an article: equal for most readers, and so rendered once for each change."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from masthead import clock, pagecache
from masthead.comments import queries as comments
from masthead.comments import thread
from masthead.comments.cache_topics import COMMENTS
from masthead.comments.models import Comment
from masthead.comments.permissions import can_moderate
from masthead.comments.thread import ROOTS_PER_PAGE, Node
from masthead.db import db
from masthead.errors import NotFound
from masthead.media import markup
from masthead.people.cache_topics import AUTHOR
from masthead.people.models import User
from masthead.posts.cache_topics import POST
from masthead.site.articles import Article

#: The number of ids in one statement; SQLite accepts 32,766 parameters.
STATEMENT_IDS = 10_000


@dataclass(frozen=True, slots=True)
class Discussion:
    """A page of comments for one reader, and the comment that the reader answers."""

    html: Markup
    page: int = 1
    reply_to: Comment | None = None


@dataclass(frozen=True, slots=True)
class SharedThreadPage:
    """A page of comments for all who neither wrote one of them nor moderate."""

    html: Markup
    #: The ids of people who wrote some of it, or whose comments wait for a moderator; empty for anonymous readers.
    voices: frozenset[int]


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of a thread."""

    nodes: list[Node]
    page: int
    pages: int
    #: The ids of the authors of the whole thread.
    voices: frozenset[int]
    #: The ids of the authors of this page.
    authors: frozenset[int]


def below(
    article: Article,
    reader: User | None,
    *,
    can_reply: bool,
    reply_to: int | None = None,
    page: int | None = None,
) -> Discussion:
    """Return a page of the comments that the person may read below an article; raises `NotFound` beyond the last page.

    Without a number, the page is that of the answered comment, or the first one.
    """
    if article.post.is_published and reply_to is None and not can_moderate(reader):
        # A missing page is memoized as missing, until the next comment.
        pagecache.depends_on(COMMENTS(article.post.id))
        common = _common(article, is_anonymous=reader is None, can_reply=can_reply, page=page or 1)
        if reader is None or reader.id not in common.voices:
            return Discussion(common.html, page or 1)
    part = _part(article, reader, page=page, holding=reply_to)
    target = thread.find(part.nodes, reply_to) if reply_to else None
    html = _html(article, part, can_reply=can_reply, moderates=can_moderate(reader))
    return Discussion(html, part.page, target)


def page_of(article: Article, reader: User | None, comment_id: int | None) -> int | None:
    """Return the number of the page that shows the comment to the reader; None if the reader may not read it there."""
    rows = db.session.execute(comments.skeleton_below(article.post.id, reader)).all()
    return thread.page_with(thread.branches(row[:3] for row in rows), comment_id)


def _common(article: Article, *, is_anonymous: bool, can_reply: bool, page: int) -> SharedThreadPage:
    def make() -> SharedThreadPage:
        part = _part(article, None, page=page, is_complete=not is_anonymous)
        # The signed-in reader was loaded before, and adds no dependency. The marks of authors depend on the post.
        pagecache.depends_on(*(AUTHOR(user_id) for user_id in part.authors), POST(article.post.id))
        html = _html(article, part, can_reply=can_reply, moderates=False)
        return SharedThreadPage(html, frozenset() if is_anonymous else part.voices)

    readers = "everybody" if is_anonymous else f"accounts that {'can' if can_reply else 'cannot'} reply"
    return pagecache.memoize(f"comments below {article.post.id}, page {page}, for {readers}", make)


def _part(
    article: Article,
    reader: User | None,
    *,
    page: int | None,
    holding: int | None = None,
    is_complete: bool = False,
) -> ThreadPage:
    """Return a page of the thread. In a long thread, only the comments of the page are loaded."""
    if article.post.comment_count > ROOTS_PER_PAGE:
        return _part_of_long_thread(article, reader, page=page, holding=holding, is_complete=is_complete)
    rows = list(db.session.execute(comments.below(article.post.id, reader, is_complete=is_complete)))
    nodes = thread.build(rows, reader=reader, at=clock.now())
    number = page or thread.page_with([thread.ids_of(node) for node in nodes], holding) or 1
    pages = _pages(len(nodes), number)
    voices = frozenset(comment.author_id for comment, _ in rows)
    return ThreadPage(nodes[_slice(number)], number, pages, voices, voices)


def _part_of_long_thread(
    article: Article, reader: User | None, *, page: int | None, holding: int | None, is_complete: bool
) -> ThreadPage:
    statement = comments.skeleton_below(article.post.id, reader, is_complete=is_complete)
    skeleton = db.session.execute(statement).all()
    branches = thread.branches(row[:3] for row in skeleton)
    number = page or thread.page_with(branches, holding) or 1
    pages = _pages(len(branches), number)
    ids = sorted(comment_id for branch in branches[_slice(number)] for comment_id in branch)
    rows: list[tuple[Comment, bool]] = []
    for start in range(0, len(ids), STATEMENT_IDS):
        some = Comment.id.in_(ids[start : start + STATEMENT_IDS])
        rows += [
            (comment, is_readable)
            for comment, is_readable in db.session.execute(
                comments.below(article.post.id, reader).where(some)
            )
        ]
    rows.sort(key=lambda row: (row[0].created_at, row[0].id))
    nodes = thread.build(rows, reader=reader, at=clock.now())
    authors = frozenset(comment.author_id for comment, _ in rows)
    return ThreadPage(nodes, number, pages, frozenset(row.author_id for row in skeleton), authors)


def _pages(roots: int, number: int) -> int:
    pages = max(1, -(-roots // ROOTS_PER_PAGE))
    if number > pages:
        raise NotFound("There is no such page of comments.")
    return pages


def _slice(number: int) -> slice:
    return slice((number - 1) * ROOTS_PER_PAGE, number * ROOTS_PER_PAGE)


def _portraits(nodes: list[Node]) -> Iterator[str | None]:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        waiting += node.replies
        if node.comment is not None:
            yield node.comment.author.avatar


def _html(article: Article, part: ThreadPage, *, can_reply: bool, moderates: bool) -> Markup:
    markup.prefetch(_portraits(part.nodes))
    rendered = render_template(
        "site/_thread.html",
        thread=part.nodes,
        page=part.page,
        pages=part.pages,
        slug=article.post.slug,
        place=article.place("comments"),
        writers=article.writers,
        can_reply=can_reply,
        moderates=moderates,
    )
    return Markup(rendered)  # noqa: S704 (a template escapes what it shows)
