"""The journal of a working copy: states of the text by version, and new entries.

The text of a version is a revision with the changes of every entry from there to the version. So an autosave writes
what changed, and a state that somebody's page still shows can be found for a merge.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from flask import g
from sqlalchemy import delete, func, select
from sqlalchemy.orm import selectinload

from masthead.db import db, insert_into
from masthead.errors import NotFound
from masthead.media import usage as media_usage
from masthead.posts import history
from masthead.posts.history import Kind
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostByline, PostTag, Revision
from masthead.posts.working_copy import texts
from masthead.posts.working_copy.models import WorkingCopy, WorkingCopyChange
from masthead.posts.working_copy.texts import WorkingText
from masthead.tags.models import Tag

#: Lower numbers are versions of the post, so that a page can name either kind as the state that it began with.
FIRST_VERSION: Final = 1_000_000_000
#: Autosaves without a longer pause are one sitting, and one entry of the history.
SITTING: Final = timedelta(minutes=30)
#: Entries after which the history gets an entry within a sitting: each autosave reads all of them.
MOST_ENTRIES: Final = 1_000


class PostKey(NamedTuple):
    """The columns of a post that an autosave needs, from a locked row."""

    id: int
    author_id: int
    status: Status
    version: int


class Sender(NamedTuple):
    """The editor that sent a text. Programs and the server itself have no client."""

    user_id: int
    client: str = ""
    sequence: int = 0


def lock(post_id: int) -> PostKey:
    """Lock the post, so that states of its working copy follow each other; raises `NotFound`."""
    statement = select(Post.id, Post.author_id, Post.status, Post.version).where(Post.id == post_id)
    row = db.session.execute(statement.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise NotFound("There is no such post.")
    return PostKey(*row)


def copy_of(post_id: int) -> WorkingCopy | None:
    """Return the working copy, open or not."""
    statement = select(WorkingCopy).where(WorkingCopy.post_id == post_id)
    return db.session.scalar(statement, execution_options={"populate_existing": True})


def is_open(post_id: int) -> bool:
    """Return whether the post has a working copy."""
    statement = select(WorkingCopy.is_open).where(WorkingCopy.post_id == post_id)
    return bool(db.session.scalar(statement))


def open_among(post_ids: Collection[int]) -> set[int]:
    """Return the ids of those posts that have a working copy."""
    statement = select(WorkingCopy.post_id).where(WorkingCopy.post_id.in_(post_ids), WorkingCopy.is_open)
    return set(db.session.scalars(statement)) if post_ids else set()


def head_version(post: PostKey, copy: WorkingCopy | None) -> int:
    """Return the version of what writers see: the working copy's, or else the post's."""
    return copy.version if copy is not None and copy.is_open else post.version


def head_text(post_id: int, copy: WorkingCopy | None) -> WorkingText:
    """Return the text that writers see: the working copy's, or else the post's."""
    if copy is None or not copy.is_open:
        return text_of_post(post_id)
    return _text_since(post_id, copy.base_number, copy.version)


def text_of_post(post_id: int) -> WorkingText:
    """Return the saved text."""
    row = db.session.execute(
        select(Post.title, Post.summary, Post.body, Post.slug).where(Post.id == post_id)
    ).one()
    names = (
        select(Tag.name)
        .join(PostTag, PostTag.tag_id == Tag.id)
        .where(PostTag.post_id == post_id)
        .order_by(PostTag.position)
    )
    return WorkingText(row.title, row.summary, row.body, tuple(db.session.scalars(names)), row.slug)


def text_at(post: PostKey, version: int) -> tuple[WorkingText, int] | None:
    """Return the text of a version that a page showed, with the version of the post then; None if it is unknown."""
    if version == post.version:
        return text_of_post(post.id), version
    if version >= FIRST_VERSION:
        entry = db.session.execute(
            select(WorkingCopyChange.base_number, WorkingCopyChange.post_version).where(
                WorkingCopyChange.post_id == post.id, WorkingCopyChange.version == version
            )
        ).one_or_none()
        return entry and (_text_since(post.id, entry.base_number, version), entry.post_version)
    number = db.session.scalar(
        select(func.max(Revision.number)).where(
            Revision.post_id == post.id, Revision.post_version <= min(version, history.MOST_REVISIONS)
        )
    )
    return (text_of_revision(post.id, number), version) if number is not None else None


def text_of_revision(post_id: int, number: int) -> WorkingText:
    """Return the text of a revision."""
    columns = (Revision.title, Revision.summary, Revision.body, Revision.tags, Revision.slug)
    row = db.session.execute(
        select(*columns).where(Revision.post_id == post_id, Revision.number == number)
    ).one()
    return WorkingText(row.title, row.summary, row.body, tuple(row.tags), row.slug)


def _text_since(post_id: int, base_number: int, version: int) -> WorkingText:
    """Return the text of a version. An autosave needs it as base, head and predecessor, and reads it once."""
    read: dict[tuple[int, int, int], WorkingText] = g.setdefault("working_texts", {})
    key = (post_id, base_number, version)
    if key not in read:
        read[key] = _read_text(post_id, base_number, version)
    return read[key]


def _read_text(post_id: int, base_number: int, version: int) -> WorkingText:
    text = text_of_revision(post_id, base_number)
    entries = db.session.scalars(
        select(WorkingCopyChange.changes)
        .where(
            WorkingCopyChange.post_id == post_id,
            WorkingCopyChange.base_number == base_number,
            WorkingCopyChange.version <= version,
            WorkingCopyChange.changes != "",
        )
        .order_by(WorkingCopyChange.version)
    )
    for entry in entries:
        text = texts.changed(text, entry)
    return text


def append(
    post: PostKey,
    copy: WorkingCopy | None,
    new: WorkingText,
    *,
    sender: Sender,
    at: datetime,
    sent: WorkingText | None = None,
    post_version: int | None = None,
    closes: bool = False,
) -> int:
    """Add an entry with which the working copy becomes ``new``; return its version.

    ``sent`` is what the client sent, if that differs; ``closes`` says that the text is the post's now.
    """
    base_number, old = _position(post, copy, at=at, closes=closes)
    version = copy.version + 1 if copy is not None else FIRST_VERSION
    if post_version is None:
        post_version = copy.post_version if copy is not None and copy.is_open else post.version
    values: dict[str, Any] = {"version": version, "base_number": base_number, "post_version": post_version}
    values |= {"user_id": sender.user_id, "changed_at": at}
    entry = WorkingCopyChange(
        **values,
        post_id=post.id,
        client=sender.client,
        sequence=sender.sequence,
        changes=texts.changes(old, new),
        sent=texts.changes(new, sent) if sent is not None and sent != new else None,
    )
    db.session.add(entry)
    values["is_open"] = not closes
    statement = insert_into(WorkingCopy, db.session.get_bind().dialect).values(post_id=post.id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["post_id"], set_=values))
    db.session.flush()
    _note_files(post.id, old.body, new.body, was_open=copy is not None and copy.is_open, closes=closes)
    return version


def _note_files(post_id: int, old: str, new: str, *, was_open: bool, closes: bool) -> None:
    """Record the files of an open working copy. Most autosaves change none, and cost no statement."""
    before = media_usage.paths_in([old]) if was_open else set()
    after = set() if closes else media_usage.paths_in([new])
    if before != after:
        media_usage.note("working_copy", post_id, after and [new], is_public=False)


def _position(
    post: PostKey, copy: WorkingCopy | None, *, at: datetime, closes: bool
) -> tuple[int, WorkingText]:
    """Return the revision that the next entry continues, and the text before it.

    Keeps a sitting that has ended before the moment, unless its text is saved now.
    """
    if copy is None or not copy.is_open:
        number = history.newest_saved(post.id)
        if number is None:
            text = text_of_post(post.id)
            return keep_revision(post.id, text, Kind.AUTOSAVE, author_id=post.author_id, at=at), text
        if copy is None or number > copy.base_number:
            return number, text_of_revision(post.id, number)
    # A copy that was closed without a save since goes on: its last entry made it equal to the post.
    text = _text_since(post.id, copy.base_number, copy.version)
    has_ended = at - copy.changed_at > SITTING or _entries(copy) >= MOST_ENTRIES
    if copy.is_open and has_ended and not closes:
        return keep_revision(post.id, text, Kind.AUTOSAVE, author_id=copy.user_id, at=copy.changed_at), text
    return copy.base_number, text


def _entries(copy: WorkingCopy) -> int:
    # Versions have no gaps, so the first entry of a part gives their number.
    first = db.session.scalar(
        select(func.min(WorkingCopyChange.version)).where(
            WorkingCopyChange.post_id == copy.post_id, WorkingCopyChange.base_number == copy.base_number
        )
    )
    return copy.version - (first or copy.version)


def forget_old(*, before: datetime) -> None:
    """Delete the entries of parts that have ended: the history has their texts, and no open page shows them any more."""
    present = select(WorkingCopy.base_number).where(WorkingCopy.post_id == WorkingCopyChange.post_id)
    db.session.execute(
        delete(WorkingCopyChange).where(
            WorkingCopyChange.changed_at < before, WorkingCopyChange.base_number < present.scalar_subquery()
        ),
        execution_options={"synchronize_session": False},
    )


def keep_sitting(post: PostKey, copy: WorkingCopy) -> None:
    """Put the present state of an open working copy into the history, once."""
    text = _text_since(post.id, copy.base_number, copy.version)
    if text == text_of_revision(post.id, copy.base_number):
        return
    number = keep_revision(post.id, text, Kind.AUTOSAVE, author_id=copy.user_id, at=copy.changed_at)
    values = {"version": copy.version + 1, "base_number": number, "post_version": copy.post_version}
    db.session.add(
        WorkingCopyChange(
            **values,
            post_id=post.id,
            user_id=copy.user_id,
            client="",
            sequence=0,
            changes="",
            changed_at=copy.changed_at,
        )
    )
    copy.version, copy.base_number = copy.version + 1, number
    db.session.flush()


def keep_revision(
    post_id: int, text: WorkingText, kind: Kind, *, author_id: int, at: datetime, note: str = ""
) -> int:
    """Store a text in the history that the post does not have; return the revision's number."""
    post = db.session.scalars(
        select(Post)
        .where(Post.id == post_id)
        .options(selectinload(Post.byline_rows).joinedload(PostByline.user))
    ).one()
    return history.keep_text(post, text.as_dict(), kind, author_id=author_id, at=at, note=note)
