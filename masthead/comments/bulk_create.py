"""Creates many comments with their original dates and states, in few statements (imports)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update

from masthead.comments.models import Comment, CommentStatus
from masthead.comments.rendering import RenderedComment
from masthead.comments.thread import MAX_DEPTH
from masthead.db import db
from masthead.posts.models import Post


@dataclass(frozen=True, slots=True)
class CommentImport:
    """A comment from elsewhere. ``parent`` is the key of the comment that it answers."""

    key: str
    parent: str
    post_id: int
    author_id: int
    rendered: RenderedComment
    status: CommentStatus
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CommentPlace:
    """The place of a stored comment in its thread."""

    id: int
    parent_id: int | None
    depth: int


def bulk_create(arrivals: Sequence[CommentImport], present: Mapping[str, CommentPlace]) -> dict[str, int]:
    """Create the comments and return their ids by key; a parent that never comes makes a comment of the post itself.

    ``present`` are comments of earlier imports, which new ones may answer.
    """
    places = dict(present)
    for level in _levels(arrivals):
        spots = [_below(places.get(arrival.parent)) for arrival in level]
        rows = [_row(arrival, *spot) for arrival, spot in zip(level, spots, strict=True)]
        ids = db.session.scalars(insert(Comment).returning(Comment.id, sort_by_parameter_order=True), rows)
        for arrival, (parent_id, _, depth), comment_id in zip(level, spots, ids, strict=True):
            places[arrival.key] = CommentPlace(comment_id, parent_id, depth)
    counts = Counter(arrival.post_id for arrival in arrivals if arrival.status is CommentStatus.APPROVED)
    posts_by_count: dict[int, list[int]] = {}
    for post_id, count in sorted(counts.items()):
        posts_by_count.setdefault(count, []).append(post_id)
    for count, post_ids in posts_by_count.items():
        change = update(Post).where(Post.id.in_(post_ids)).values(comment_count=Post.comment_count + count)
        db.session.execute(change)
    return {arrival.key: places[arrival.key].id for arrival in arrivals}


def _levels(arrivals: Sequence[CommentImport]) -> list[list[CommentImport]]:
    """The comments by their distance from the post, so that each parent is stored before its answers."""
    by_key = {arrival.key: arrival for arrival in arrivals}
    depths: dict[str, int] = {}
    for arrival in arrivals:
        # The way up, until a comment whose depth is known; a circle ends where it closes.
        way: dict[str, None] = {}
        key = arrival.key
        while key in by_key and key not in depths and key not in way:
            way[key] = None
            key = by_key[key].parent
        depth = depths.get(key, -1)
        for key in reversed(way):
            depth += 1
            depths[key] = depth
    levels: list[list[CommentImport]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for arrival in arrivals:
        levels[depths[arrival.key]].append(arrival)
    return levels


def _below(answered: CommentPlace | None) -> tuple[int | None, int | None, int]:
    """Parent, answered comment and depth of a comment; at the maximum depth it becomes a sibling."""
    if answered is None:
        return None, None, 0
    if answered.depth >= MAX_DEPTH:
        return answered.parent_id, answered.id, answered.depth
    return answered.id, answered.id, answered.depth + 1


def _row(
    arrival: CommentImport, parent_id: int | None, reply_to_id: int | None, depth: int
) -> dict[str, object]:
    return {
        "post_id": arrival.post_id,
        "parent_id": parent_id,
        "reply_to_id": reply_to_id,
        "depth": depth,
        "author_id": arrival.author_id,
        "body": arrival.rendered.body,
        "html": arrival.rendered.html,
        "status": arrival.status,
        "created_at": arrival.created_at,
        # Nobody gets an email about a comment that was public before.
        "announced_at": arrival.created_at if arrival.status is CommentStatus.APPROVED else None,
    }
