"""The comments below an article: the same for most readers, and so made once for each change of them."""

from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from masthead import clock, pagecache
from masthead.accounts.models import User
from masthead.comments import queries as comments
from masthead.comments import thread
from masthead.comments.models import Comment
from masthead.comments.permissions import can_moderate
from masthead.comments.thread import Node
from masthead.db import db
from masthead.site.articles import Article


@dataclass(frozen=True, slots=True)
class Discussion:
    """What was said, as one reader sees it, and the comment that they answer."""

    html: Markup
    reply_to: Comment | None = None


@dataclass(frozen=True, slots=True)
class Common:
    """What was said, as all see it who wrote none of it and do not moderate."""

    html: Markup
    #: For readers who are signed in, the ids of those who wrote some of it, or whose comments wait for a moderator.
    voices: frozenset[int]


def below(
    article: Article, reader: User | None, *, can_reply: bool, reply_to: int | None = None
) -> Discussion:
    """The comments that somebody may read below an article that they can see."""
    if article.is_published and reply_to is None and not can_moderate(reader):
        common = _common(article, is_anonymous=reader is None, can_reply=can_reply)
        if reader is None or reader.id not in common.voices:
            return Discussion(common.html)
    rows = db.session.execute(comments.below(article.id, reader))
    nodes = thread.build(rows, reader=reader, at=clock.now())
    target = thread.find(nodes, reply_to) if reply_to else None
    return Discussion(_html(article, nodes, can_reply=can_reply, moderates=can_moderate(reader)), target)


def _common(article: Article, *, is_anonymous: bool, can_reply: bool) -> Common:
    def make() -> Common:
        statement = comments.below(article.id, None, is_complete=not is_anonymous)
        rows = [(comment, is_readable) for comment, is_readable in db.session.execute(statement)]
        authors = {comment.author_id for comment, _ in rows}
        # Who reads while signed in was loaded before, and notes nothing. The marks of authors are the post's.
        pagecache.reads(*(f"author:{user_id}" for user_id in authors), f"post:{article.id}")
        html = _html(
            article, thread.build(rows, reader=None, at=clock.now()), can_reply=can_reply, moderates=False
        )
        return Common(html, frozenset() if is_anonymous else frozenset(authors))

    readers = "everybody" if is_anonymous else f"accounts that {'can' if can_reply else 'cannot'} reply"
    return pagecache.remembered(f"comments below {article.id} for {readers}", make)


def _html(article: Article, nodes: list[Node], *, can_reply: bool, moderates: bool) -> Markup:
    rendered = render_template(
        "site/_thread.html",
        thread=nodes,
        slug=article.slug,
        writers=article.writers,
        can_reply=can_reply,
        moderates=moderates,
    )
    return Markup(rendered)  # noqa: S704 (a template escapes what it shows)
