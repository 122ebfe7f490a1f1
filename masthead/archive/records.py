"""Makes the records of an archive from rows, in an order that depends neither on ids nor on the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from masthead.archive import tables, values
from masthead.archive.tables import ArchivedTable
from masthead.comments.models import Comment
from masthead.embeds.models import Embed
from masthead.media.models import ExternalPicture, Media
from masthead.pages.models import Page
from masthead.people.models import Role, User
from masthead.posts.models import DailyViews, Post, ReviewNote, Revision, RevisionByline
from masthead.posts.previews.models import PreviewNote
from masthead.redirects.models import Target
from masthead.settings.models import Setting
from masthead.settings.publication import NAMES
from masthead.tags.models import Tag

#: Posts whose rows are read at once.
POSTS_AT_ONCE: Final = 100
One = TypeVar("One")
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowNames:
    """The names of rows by id."""

    users: Mapping[int, str]
    roles: Mapping[int, str]
    tags: Mapping[int, str]
    posts: Mapping[int, str]
    pages: Mapping[int, str]

    @classmethod
    def read(cls, session: Session) -> "RowNames":
        """Read all names."""
        return cls(
            _pairs(session, select(User.id, User.username)),
            _pairs(session, select(Role.id, Role.name)),
            _pairs(session, select(Tag.id, Tag.slug)),
            _pairs(session, select(Post.id, Post.slug)),
            _pairs(session, select(Page.id, Page.slug)),
        )

    def target(self, kind: str, target_id: int | None) -> str | None:
        """The name of the row that a redirect leads to; None if there is none any more."""
        named = {
            Target.POST: self.posts,
            Target.PAGE: self.pages,
            Target.TAG: self.tags,
            Target.AUTHOR: self.users,
        }
        return named[Target(kind)].get(target_id or 0)


def _pairs(session: Session, query: "Select[int, str]") -> dict[int, str]:
    return dict(session.execute(query).all())


def in_batches(things: Iterable[One], size: int) -> Iterator[list[One]]:
    """Yield lists of at most ``size`` things."""
    waiting = iter(things)
    while batch := list(islice(waiting, size)):
        yield batch


def record(table: ArchivedTable, row: Mapping[str, Any], **rest: Any) -> Record:
    """The record of a row; what a missing field says is left out."""
    fields = {
        column.name: values.to_json(row[column.name])
        for column in table.columns
        if not values.is_left_out(column, row[column.name])
    }
    return fields | {name: value for name, value in rest.items() if value not in (None, [], {})}


def rows(
    session: Session, table: ArchivedTable, *conditions: Any, order: Sequence[Any] = ()
) -> Iterator[Any]:
    """The rows of a table as mappings, with their ids."""
    query = select(table.model.__table__).where(*conditions).order_by(*order)
    return iter(session.execute(query, execution_options={"yield_per": 500}).mappings())


def roles(session: Session) -> list[Record]:
    """Every role, by name."""
    return sorted(
        (record(tables.ROLES, row) for row in rows(session, tables.ROLES)), key=lambda one: str(one["name"])
    )


def settings(session: Session) -> Record:
    """The settings of the publication; other rows are the state of this installation."""
    return {key: value for key, value in session.execute(select(Setting.key, Setting.value)) if key in NAMES}


def accounts(session: Session, names: RowNames, *, with_passwords: bool) -> Iterator[Record]:
    """Every account and byline, by user name."""
    closures = {
        row["user_id"]: record(tables.CLOSURES, row, heir=names.users.get(row["heir_id"] or 0))
        for row in rows(session, tables.CLOSURES)
    }
    ids = sorted(names.users, key=lambda user_id: names.users[user_id])
    for batch in in_batches(ids, POSTS_AT_ONCE):
        found = {row["id"]: row for row in rows(session, tables.ACCOUNTS, User.id.in_(batch))}
        for user_id in batch:
            row = found[user_id]
            one = record(
                tables.ACCOUNTS, row, role=names.roles[row["role_id"]], closure=closures.get(user_id)
            )
            if not with_passwords:
                one.pop("password_hash", None)
            yield one


def tags(session: Session) -> list[Record]:
    """Every tag, by slug."""
    return sorted(
        (record(tables.TAGS, row) for row in rows(session, tables.TAGS)), key=lambda one: str(one["slug"])
    )


def redirects(session: Session, names: RowNames) -> Iterator[Record]:
    """Every redirect that leads somewhere, by path."""
    found = []
    for row in rows(session, tables.REDIRECTS):
        target = None if row["kind"] == Target.URL else names.target(row["kind"], row["target_id"])
        if target is not None or row["kind"] == Target.URL:
            found.append(record(tables.REDIRECTS, row, target=target))
    yield from sorted(found, key=lambda one: str(one["path"]))


def media(session: Session, names: RowNames, present: Sequence[int]) -> Iterator[Record]:
    """The files with these ids, in this order."""
    for batch in in_batches(present, POSTS_AT_ONCE):
        found = {row["id"]: row for row in rows(session, tables.MEDIA, Media.id.in_(batch))}
        for media_id in batch:
            row = found[media_id]
            yield record(tables.MEDIA, row, owner=names.users.get(row["owner_id"] or 0))


def external_pictures(session: Session, paths: Mapping[int, str]) -> Iterator[Record]:
    """The copies of other sites' pictures, by address."""
    copies = rows(session, tables.EXTERNAL_PICTURES, ExternalPicture.media_id.is_not(None))
    found = [
        record(tables.EXTERNAL_PICTURES, row, media=paths[row["media_id"]])
        for row in copies
        if row["media_id"] in paths
    ]
    yield from sorted(found, key=lambda one: str(one["address"]))


def presets(session: Session) -> Iterator[Record]:
    """Post templates and snippets, each by name."""
    for kind, table in (("template", tables.POST_TEMPLATES), ("snippet", tables.SNIPPETS)):
        found = (record(table, row, kind=kind) for row in rows(session, table))
        yield from sorted(found, key=lambda one: str(one["name"]))


def embeds(session: Session) -> Iterator[Record]:
    """The cards of other sites' pages, by address."""
    found = (
        record(tables.EMBEDS, row)
        for row in rows(session, tables.EMBEDS, Embed.title != "", Embed.problem == "")
    )
    yield from sorted(found, key=lambda one: str(one["address"]))


def of_posts(
    session: Session, names: RowNames, table: ArchivedTable, column: Any, order: Sequence[Any]
) -> Iterator[tuple[str, list[Any]]]:
    """The rows of a table below posts: the slug of each post, in order, with its rows."""
    ids = sorted(names.posts, key=lambda post_id: names.posts[post_id])
    for batch in in_batches(ids, POSTS_AT_ONCE):
        found: dict[int, list[Any]] = defaultdict(list)
        for row in rows(session, table, column.in_(batch), order=order):
            found[row[column.name]].append(row)
        for post_id in batch:
            yield names.posts[post_id], found.get(post_id, [])


def statistics(session: Session, names: RowNames) -> Iterator[Record]:
    """The views of each post on each day."""
    for slug, found in of_posts(session, names, tables.STATISTICS, DailyViews.post_id, [DailyViews.day]):
        for row in found:
            yield record(tables.STATISTICS, row, post=slug)


def comments(session: Session, names: RowNames) -> Iterator[Record]:
    """Every comment, below its post, parents first. Parents are named by their number below the post."""
    for slug, found in of_posts(
        session, names, tables.COMMENTS, Comment.post_id, [Comment.depth, Comment.id]
    ):
        numbers = {row["id"]: number for number, row in enumerate(found, 1)}
        for row in found:
            yield record(
                tables.COMMENTS,
                row,
                post=slug,
                number=numbers[row["id"]],
                parent=numbers.get(row["parent_id"]),
                reply_to=numbers.get(row["reply_to_id"]),
                author=names.users[row["author_id"]],
                decided_by=names.users.get(row["decided_by_id"] or 0),
            )


def notes(session: Session, names: RowNames) -> Iterator[Record]:
    """The notes of editors and of visitors of previews, below their posts."""
    reviews = of_posts(
        session, names, tables.REVIEW_NOTES, ReviewNote.post_id, [ReviewNote.created_at, ReviewNote.id]
    )
    previews = of_posts(
        session, names, tables.PREVIEW_NOTES, PreviewNote.post_id, [PreviewNote.created_at, PreviewNote.id]
    )
    for (slug, of_editors), (_, of_visitors) in zip(reviews, previews, strict=True):
        for row in of_editors:
            yield record(
                tables.REVIEW_NOTES, row, kind="review", post=slug, author=names.users[row["author_id"]]
            )
        for row in of_visitors:
            yield record(tables.PREVIEW_NOTES, row, kind="preview", post=slug)


def revisions(session: Session, names: RowNames) -> Iterator[Record]:
    """Every revision, below its post; one post after the other, since it may have thousands."""
    for post_id in sorted(names.posts, key=lambda post_id: names.posts[post_id]):
        credited = _bylines(session, names, post_id)
        for row in rows(session, tables.REVISIONS, Revision.post_id == post_id, order=[Revision.number]):
            yield record(
                tables.REVISIONS,
                row,
                post=names.posts[post_id],
                author=names.users[row["author_id"]],
                bylines=credited.get(row["number"]),
            )


def _bylines(session: Session, names: RowNames, post_id: int) -> dict[int, list[str]]:
    """The credited people of a post's revisions, by number."""
    credited: dict[int, list[str]] = defaultdict(list)
    query = select(RevisionByline.number, RevisionByline.user_id).where(RevisionByline.post_id == post_id)
    for number, user_id in session.execute(query.order_by(RevisionByline.number, RevisionByline.position)):
        credited[number].append(names.users[user_id])
    return credited
