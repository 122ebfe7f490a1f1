"""Rows of lists of posts: plain values, loaded in two statements for any number of posts.

A mapped object costs several times as much as its row, and lists change nothing.
"""

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import BindParameter, CompoundSelect, Select, Table, bindparam, literal, select, union_all

from masthead import clock, pagecache
from masthead.db import db
from masthead.media import sizes
from masthead.people.cache_topics import AUTHOR
from masthead.people.models import User
from masthead.posts import lifecycle
from masthead.posts.cache_topics import POST
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
class ListedPost:
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
    views: int
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
    def kicker(self) -> Label | None:
        """The tag above the headline."""
        return self.tags[0] if self.tags else None

    @property
    def standfirst(self) -> str:
        """The author's summary, or the beginning of the text."""
        return self.summary or self.excerpt

    @property
    def state(self) -> State:
        """The state at present."""
        return lifecycle.state(self.status, self.published_at, now=clock.now())

    @property
    def is_published(self) -> bool:
        """True if readers can see the post now."""
        return self.state is State.PUBLISHED


def load(posts: Select[Post]) -> list[ListedPost]:
    """Load the posts of a statement, in its order."""
    found = db.session.execute(_with_columns(posts)).all()
    if not found:
        return []
    people, labels = _credits([row.id for row in found])
    own = len(_OWN)
    listed = [
        ListedPost(*(*row[:own], CreditedPerson(*row[own:]), tuple(people[row.id]), tuple(labels[row.id])))
        for row in found
    ]
    # One query for the sizes of all images.
    sizes.of(post.lead_image for post in listed if post.lead_image)
    for post in listed:
        pagecache.depends_on(POST(post.id), *(TAG(tag.id) for tag in post.tags))
        pagecache.depends_on(*(AUTHOR(person.id) for person in (post.author, *post.bylines)))
    return listed


#: The post's own columns: all fields but its author, bylines and tags.
_OWN = tuple(field.name for field in fields(ListedPost))[:-3]


@cache
def _columns() -> tuple[Any, ...]:
    return (*(getattr(Post, name) for name in _OWN), *(_PEOPLE.c[name] for name in CreditedPerson._fields))


def _with_columns(posts: Select[Post]) -> Select[Any]:
    return posts.join(_PEOPLE, _PEOPLE.c.id == Post.author_id).with_only_columns(*_columns())


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
