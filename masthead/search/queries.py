"""Finds posts, best first, in a time that does not grow with the archive."""

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, func, or_, select

from masthead.db import ResultPage, db
from masthead.errors import NotFound
from masthead.people.models import User
from masthead.posts import summaries
from masthead.posts.models import Post, PostByline, PostTag
from masthead.posts.queries import is_published_before, newest
from masthead.posts.summaries import PostSummary
from masthead.search import passages, postgresql, proposals, sqlite
from masthead.search.wording import SearchTerms, understood
from masthead.settings.queries import zone
from masthead.tags.models import Tag
from masthead.text.names import name_key
from masthead.text.plain import text_of
from masthead.text.slugs import slugify

#: The number of newest matches that are ranked, and of newest matches in titles; a word that half of a large archive
#: contains says little about any of them.
WEIGHED = 1_000
#: The length of HTML, from its beginning, that is searched for a passage.
PASSAGE_HTML_CHARACTERS = 300_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching post with its passage."""

    post: PostSummary
    title: Markup
    passage: Markup


def search(wanted: SearchTerms, *, page: int, per_page: int) -> ResultPage[Hit]:
    """Return the published posts that match the search; raises `NotFound` beyond the last page."""
    ids = [] if wanted.is_empty else _ranked(wanted)
    if page > 1 and (page - 1) * per_page >= len(ids):
        raise NotFound("There is no such page in this list.")
    shown = ids[(page - 1) * per_page : page * per_page]
    return ResultPage(items=_hits(wanted, shown), number=page, per_page=per_page, total=len(ids))


def near_words(typed: str, wanted: SearchTerms) -> list[str]:
    """Return similar searches for one without results; each of them has results."""
    meant = dict.fromkeys(proposals.proposals(typed, wanted.terms))
    return [text for text in meant if _ranked(understood(text, zone=zone))]


def _ranked(wanted: SearchTerms) -> list[int]:
    """Return the ids of posts: full matches in the title first, then by rank, then newest first."""
    if not wanted.terms:
        newest = (
            select(Post.id).where(*_conditions(wanted)).order_by(Post.published_at.desc(), Post.id.desc())
        )
        return list(db.session.scalars(newest.limit(WEIGHED)))
    engine = sqlite if _is_sqlite() else postgresql
    titled, scores = _scores(engine.found_by_title(wanted), wanted), _scores(engine.found(wanted), wanted)
    scores |= titled
    return sorted(scores, key=lambda post_id: (post_id in titled, scores[post_id], post_id), reverse=True)


def _scores(statement: Select[int, float], wanted: SearchTerms) -> dict[int, float]:
    post_id = statement.selected_columns["post_id"]
    published = statement.join(Post, Post.id == post_id).where(*_conditions(wanted))
    rows = db.session.execute(published.order_by(post_id.desc()).limit(WEIGHED))
    return {row.post_id: row.score for row in rows}


def _conditions(wanted: SearchTerms) -> list[ColumnElement[bool]]:
    conditions = [is_published_before(*([(wanted.before, 0)] if wanted.before else []))]
    if wanted.author is not None:
        credited = select(PostByline.post_id).join(User, User.id == PostByline.user_id)
        conditions.append(Post.id.in_(credited.where(User.username_key == name_key(wanted.author))))
    if wanted.tag is not None:
        tagged = select(PostTag.post_id).join(Tag, Tag.id == PostTag.tag_id)
        conditions.append(
            Post.id.in_(tagged.where(or_(Tag.key == name_key(wanted.tag), Tag.slug == slugify(wanted.tag))))
        )
    if wanted.after is not None:
        conditions.append(Post.published_at >= wanted.after)
    return conditions


def _hits(wanted: SearchTerms, post_ids: list[int]) -> list[Hit]:
    """Return the posts with their marked passages, in the order of the ids: three queries for any number."""
    if not post_ids:
        return []
    # SQLite is not asked again whether they are published: it might walk the index of all that are.
    found = summaries.load_illustrated(newest(Post.id.in_(post_ids)))
    posts = {post.id: post for post in found if post.is_published}
    texts = _texts(wanted, post_ids)
    return [_hit(posts[post_id], wanted, texts.get(post_id, "")) for post_id in post_ids if post_id in posts]


def _texts(wanted: SearchTerms, post_ids: list[int]) -> dict[int, str]:
    """Return the words of the posts, without markup."""
    if not wanted.terms:
        return {}
    beginning = func.substr(Post.html, 1, PASSAGE_HTML_CHARACTERS).label("html")
    rows = db.session.execute(select(Post.id, beginning).where(Post.id.in_(post_ids)))
    return {row.id: text_of(_whole_tags(row.html)) for row in rows}


def _whole_tags(html: str) -> str:
    return html[: html.rfind("<")] if len(html) == PASSAGE_HTML_CHARACTERS else html


def _hit(post: PostSummary, wanted: SearchTerms, text: str) -> Hit:
    passage = passages.passage(text, wanted.terms)
    return Hit(post, passages.marked(post.title, wanted.terms), passage or Markup.escape(post.standfirst))


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
