"""The article part of a post's page: equal for every reader, and so rendered once for each change."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import render_template, url_for
from markupsafe import Markup

from masthead import pagecache
from masthead.comments.cache_topics import COMMENTS
from masthead.db import db
from masthead.errors import NotFound
from masthead.media import markup
from masthead.people.cache_topics import AUTHOR
from masthead.posts import queries as posts
from masthead.posts import summaries
from masthead.posts.cache_topics import POST, POSTS
from masthead.posts.models import Post
from masthead.posts.summaries import PostSummary
from masthead.settings.queries import publication
from masthead.text import anchors

RELATED_POSTS = 3


class ArticleLink(NamedTuple):
    """A link to another post."""

    title: str
    url: str


class Neighbours(NamedTuple):
    """The previous, next and related posts."""

    previous: ArticleLink | None
    next: ArticleLink | None
    related: list[ArticleLink]


class Translation(NamedTuple):
    """A translation of the text, including the text itself."""

    language: str
    title: str
    url: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class Article:
    """A post for its page."""

    post: PostSummary
    #: The title of the page in search results and in the browser.
    page_title: str
    #: The rendered head and body of the page, including the links to other posts.
    head: Markup
    text: Markup

    @property
    def writers(self) -> tuple[int, ...]:
        """The ids of people whose comments are marked as the author's."""
        return tuple(person.id for person in self.post.bylines or (self.post.author,))

    def place(self, name: str) -> str:
        """Return the id of a part of the page below the text; another one, if the text uses the id itself."""
        return f"page_{name}" if name in anchors.ids_of(str(self.text)) else name


def at(slug: str) -> Article | None:
    """Return the published post with this present slug, memoized until a visible change."""
    return pagecache.memoize(f"article {slug}", lambda: _published(slug))


def _published(slug: str) -> Article | None:
    try:
        post = posts.by_slug(slug)
    except NotFound:
        return None
    return of(post) if post.is_published else None


def of(post: Post, *, is_preview: bool = False) -> Article:
    """Return the article of a post in any status, rendered now; a preview has no links to other posts."""
    people = post.bylines or [post.author]
    # The signed-in reader was loaded before, and adds no dependency; the head contains the comment count.
    if post.expires_at is not None or post.update_at is not None:
        # The set of public posts turns with time, and so does this page then.
        pagecache.depends_on(POSTS)
    pagecache.depends_on(*(AUTHOR(person.id) for person in (post.author, *people)), COMMENTS(post.id))
    translations = [] if is_preview else _translations(post)
    neighbours = Neighbours(None, None, []) if is_preview else _neighbours(post)
    # All in one go: the picture of the card, the one above the text, and the portraits below it.
    markup.prefetch([post.lead_image, post.card_image, *(person.avatar for person in people)])
    seen = {"post": post, "people": people, "translations": translations}
    return Article(
        post=summaries.of(post),
        page_title=post.meta_title or post.title,
        head=_markup("site/_article_head.html", **seen),
        text=_markup("site/_article.html", **seen, neighbours=neighbours),
    )


def _markup(template: str, **values: object) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704 (a template escapes what it shows)


def _translations(post: Post) -> list[Translation]:
    """Return the languages of the text; empty if there is only one."""
    if not post.translation_key or not post.is_published:
        return []
    rows = db.session.execute(posts.translations(post)).all()
    # Columns note no dependencies. Whatever changes the set of translations also changes the lists of posts.
    pagecache.depends_on(POSTS, *(POST(row.id) for row in rows))
    usual = publication().language
    own = Translation(post.language or usual, post.title, url_for("site.post", slug=post.slug), is_this=True)
    # Language tags ignore case; of several texts in one language the oldest counts.
    found = {own.language.lower(): own}
    for row in rows:
        language, url = row.language or usual, url_for("site.post", slug=row.slug)
        found.setdefault(language.lower(), Translation(language, row.title, url, is_this=False))
    return sorted(found.values()) if len(found) > 1 else []


def _neighbours(post: Post) -> Neighbours:
    links: dict[str, list[ArticleLink]] = {"previous": [], "next": [], "related": []}
    if post.is_published:
        for relation, title, slug in posts.neighbours(post, related=RELATED_POSTS):
            links[relation].append(ArticleLink(title, url_for("site.post", slug=slug)))
    return Neighbours(next(iter(links["previous"]), None), next(iter(links["next"]), None), links["related"])
