"""The read model of a post: plain values, loaded in two statements for any number of posts.

Lists for readers, writers, feeds, search and the API show it. A mapped object costs several times as much as its row, and
they change nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import BindParameter, CompoundSelect, Select, Table, bindparam, literal, select, union_all

from masthead import pagecache
from masthead.db import db
from masthead.media import markup
from masthead.people.cache_topics import AUTHOR
from masthead.people.models import User
from masthead.posts.cache_topics import POST
from masthead.posts.derived import DerivedProperties
from masthead.posts.lifecycle import State, Status
from masthead.posts.models import Post, PostByline, PostTag
from masthead.tags.cache_topics import TAG
from masthead.tags.models import Tag
from masthead.text import names

# Tables, not models: a statement over models depends on all people or tags, not only on those in the result.
_PEOPLE, _TAGS = cast(Table, User.__table__), cast(Table, Tag.__table__)


class CreditedPerson(NamedTuple):
    """A person in a byline."""

    id: int
    username: str
    name: str
    avatar: str | None

    @classmethod
    def of(cls, user: User) -> "CreditedPerson":
        """Return the names of an account."""
        return cls(user.id, user.username, user.name, user.avatar)

    @property
    def display_name(self) -> str:
        """The name that readers see."""
        return self.name or self.username

    @property
    def initials(self) -> str:
        """One or two letters in place of a portrait."""
        return names.initials(self.display_name)


class Label(NamedTuple):
    """A tag of a post."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class PostSummary(DerivedProperties):
    """A post without its text."""

    id: int
    slug: str
    title: str
    summary: str
    excerpt: str
    status: Status
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    #: No part of what two summaries are compared by: a reading changes no page, so that a remembered one may be older.
    views: int = field(compare=False)
    reading_minutes: int
    comment_count: int
    version: int
    lead_image: str | None
    lead_alt: str
    lead_caption: str
    canonical_url: str | None
    language: str | None
    translation_key: str | None
    comments_open: bool
    author: CreditedPerson
    bylines: tuple[CreditedPerson, ...]
    tags: tuple[Label, ...]

    @property
    def author_id(self) -> int:
        """The id of the owner."""
        return self.author.id

    @property
    def is_published(self) -> bool:
        """True if readers can see the post now."""
        return self.state is State.PUBLISHED


def load(posts: Select[Post]) -> list[PostSummary]:
    """Load the posts of a statement, in its order."""
    return [summary for summary, _ in _load(posts)]


def load_illustrated(posts: Select[Post]) -> list[PostSummary]:
    """Load the posts for a list with their lead images, whose sizes take one more query at most."""
    found = load(posts)
    markup.prefetch(post.lead_image for post in found)
    return found


def load_with_html(posts: Select[Post]) -> list[tuple[PostSummary, str]]:
    """Load the posts with their rendered texts."""
    return [(summary, html) for summary, (html,) in _load(posts, Post.html)]


def of(post: Post) -> PostSummary:
    """Return the read model of a post that is loaded with its author, bylines and tags."""
    return PostSummary(
        *(
            *(getattr(post, name) for name in _OWN),
            CreditedPerson.of(post.author),
            tuple(map(CreditedPerson.of, post.bylines)),
            tuple(Label(tag.id, tag.slug, tag.name) for tag in post.tags),
        )
    )


def _load(posts: Select[Post], *more: Any) -> list[tuple[PostSummary, Sequence[Any]]]:
    """Load the posts with more of their columns."""
    found = db.session.execute(_with_columns(posts, more)).all()
    if not found:
        return []
    people, labels = _credits([row.id for row in found])
    listed: list[tuple[PostSummary, Sequence[Any]]] = []
    for row in found:
        names_and_tags = (CreditedPerson(*row[_AUTHOR]), tuple(people[row.id]), tuple(labels[row.id]))
        listed.append((PostSummary(*(*row[: _AUTHOR.start], *names_and_tags)), row[_AUTHOR.stop :]))
    for post, _ in listed:
        pagecache.depends_on(POST(post.id), *(TAG(tag.id) for tag in post.tags))
        pagecache.depends_on(*(AUTHOR(person.id) for person in (post.author, *post.bylines)))
    return listed


#: The post's own columns: all fields but its author, bylines and tags.
_OWN = tuple(field.name for field in fields(PostSummary))[:-3]
#: The place of the author's columns, which follow.
_AUTHOR = slice(len(_OWN), len(_OWN) + len(CreditedPerson._fields))


@cache
def _columns() -> tuple[Any, ...]:
    return (*(getattr(Post, name) for name in _OWN), *(_PEOPLE.c[name] for name in CreditedPerson._fields))


def _with_columns(posts: Select[Post], more: Sequence[Any]) -> Select[Any]:
    return posts.join(_PEOPLE, _PEOPLE.c.id == Post.author_id).with_only_columns(*_columns(), *more)


def _credits(post_ids: list[int]) -> tuple[dict[int, list[CreditedPerson]], dict[int, list[Label]]]:
    """Load the bylines and tags of each post; one statement."""
    people: dict[int, list[CreditedPerson]] = defaultdict(list)
    labels: dict[int, list[Label]] = defaultdict(list)
    rows = db.session.execute(_credits_of(), {"post_ids": post_ids})
    for is_person, post_id, _, row_id, key, name, avatar in rows:
        if is_person:
            people[post_id].append(CreditedPerson(row_id, key, name, avatar))
        else:
            labels[post_id].append(Label(row_id, key, name))
    return people, labels


@cache
def _credits_of() -> CompoundSelect[bool, int, int, int, str, str, str | None]:
    wanted: BindParameter[list[int]] = bindparam("post_ids", expanding=True)
    named = (
        select(literal(True), PostByline.post_id, PostByline.position.label("position"))
        .add_columns(_PEOPLE.c.id, _PEOPLE.c.username, _PEOPLE.c.name, _PEOPLE.c.avatar)
        .join(_PEOPLE, _PEOPLE.c.id == PostByline.user_id)
        .where(PostByline.post_id.in_(wanted))
    )
    tagged = (
        select(literal(False), PostTag.post_id, PostTag.position)
        .add_columns(_TAGS.c.id, _TAGS.c.slug, _TAGS.c.name, literal(None, _PEOPLE.c.avatar.type))
        .join(_TAGS, _TAGS.c.id == PostTag.tag_id)
        .where(PostTag.post_id.in_(wanted))
    )
    return union_all(named, tagged).order_by("position")
