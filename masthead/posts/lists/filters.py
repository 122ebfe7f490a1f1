"""The statement for the filters of the API's list of posts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from masthead.errors import NotAllowed
from masthead.people.access import visitor
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import queries
from masthead.posts.api.list_schemas import PostsQuery
from masthead.posts.lifecycle import State
from masthead.posts.lists import selections
from masthead.posts.lists.selections import Selection
from masthead.posts.models import Post

ORDERS: dict[str, Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]] = {
    "-published_at": (Post.published_at.desc(), Post.id.desc()),
    "published_at": (Post.published_at, Post.id),
    "-updated_at": (Post.updated_at.desc(), Post.id.desc()),
    "updated_at": (Post.updated_at, Post.id),
    "-views": (Post.views.desc(), Post.id.desc()),
    "title": (Post.title, Post.id),
}


def posts(
    query: PostsQuery, chosen: Sequence[Selection], count: int | None, *ends: queries.Place
) -> Select[Post]:
    """Select the posts of these selections that match the filters and precede the given positions in time."""
    if query.published_before is not None:
        ends = (*ends, (query.published_before, 0))
    statement = select(Post).where(_has_status(query, visitor(), ends), *_conditions(query, chosen, count))
    return statement.order_by(*ORDERS[query.sort])


def _has_status(query: PostsQuery, reader: User | None, ends: Sequence[queries.Place]) -> ColumnElement[bool]:
    if query.status is None or query.status is State.PUBLISHED:
        is_by_time = ends or query.published_after or query.sort.endswith("published_at")
        return queries.is_published_before(*ends) if is_by_time else queries.is_published_in_any_order()
    if reader is None:
        raise NotAllowed("Sign in to see what is not published.")
    mine = and_(queries.in_state(query.status), *(tuple_(Post.published_at, Post.id) < end for end in ends))
    return mine if reader.can(Permission.EDIT_POSTS) else and_(mine, Post.author_id == reader.id)


def selections_of(query: PostsQuery) -> list[Selection]:
    """Return the selections of the requested tag and author."""
    chosen = []
    if query.author is not None:
        chosen.append(selections.by_username(query.author))
    if query.tag is not None:
        chosen.append(selections.about_tag_at(query.tag))
    return chosen


def count_of(chosen: Sequence[Selection], query: PostsQuery) -> int | None:
    """Return the number of posts if tag or author are the only filter: that number is memoized."""
    return chosen[0].count() if len(chosen) == 1 and query.asks_for_any_time else None


def _conditions(
    query: PostsQuery, chosen: Sequence[Selection], count: int | None
) -> list[ColumnElement[bool]]:
    conditions = [selection.holds(count=count) for selection in chosen]
    if query.published_after is not None:
        conditions.append(Post.published_at > query.published_after)
    return conditions
