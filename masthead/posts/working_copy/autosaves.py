"""Autosaves: what writers type becomes the working copy, merged with what others typed, or is kept beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from masthead.content.rendering import BODY_CHARACTERS, SLUG_CHARACTERS, SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.db import db
from masthead.errors import Invalid, Mistakes, NotFound
from masthead.people.models import User
from masthead.posts import history
from masthead.posts.history import Kind
from masthead.posts.lifecycle import Status
from masthead.posts.permissions import can_edit
from masthead.posts.working_copy import journal, leases, texts
from masthead.posts.working_copy.journal import FIRST_VERSION, PostKey, Sender
from masthead.posts.working_copy.models import EditingLease, KeptText, WorkingCopy, WorkingCopyChange
from masthead.posts.working_copy.texts import CannotMerge, WorkingText

_LIMITS: Final = {
    "title": TITLE_CHARACTERS,
    "summary": SUMMARY_CHARACTERS,
    "body": BODY_CHARACTERS,
    "slug": SLUG_CHARACTERS,
}
TAGS_CHARACTERS: Final = 2_500


@dataclass(frozen=True, slots=True)
class Autosave:
    """A text that an editor sends, and the state that it began with."""

    #: The fields of `WorkingText` that were sent; others stay as they were in the base.
    fields: Mapping[str, Any]
    base_version: int
    client: str = ""
    sequence: int = 0
    #: The version of the post with which the writer compared the text by hand.
    merged_with: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of an autosave that the working copy holds."""

    version: int
    sequence: int
    saved_at: datetime
    #: The text, if it is not what was sent.
    text: WorkingText | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class KeptBeside:
    """The result of an autosave that cannot be part of the working copy: its text is kept for its writer."""

    version: int
    mine: WorkingText
    #: None if the writer may not see it any more, or the post is in the trash.
    theirs: WorkingText | None
    is_trashed: bool = False


def check_lengths(fields: Mapping[str, Any]) -> None:
    """Raise `Invalid` for every field that is too long to be saved later."""
    mistakes = Mistakes()
    for name, limit in _LIMITS.items():
        if len(fields.get(name, "")) > limit:
            sentence = f"This text is too long: {len(fields[name])} characters of at most {limit}."
            mistakes.add(Invalid(sentence, field=name))
    if sum(map(len, fields.get("tags", ()))) > TAGS_CHARACTERS:
        mistakes.add(Invalid(f"The tags have at most {TAGS_CHARACTERS} characters.", field="tags"))
    mistakes.settle()


def autosave(post_id: int, received: Autosave, *, by: User, at: datetime) -> Saved | KeptBeside:
    """Store what a writer typed; raises `NotFound` for a post that the writer has no part in.

    Late and repeated autosaves of a client change nothing.
    """
    check_lengths(received.fields)
    post = journal.lock(post_id)
    copy = journal.copy_of(post_id)
    if not can_edit(by, post):
        return _keep_for_former_writer(post, copy, received, by=by, at=at)
    leases.renew(post_id, by=by, client=received.client, at=at)
    sender = Sender(by.id, received.client, received.sequence)
    last = last_of(post_id, sender)
    if last is not None and received.sequence <= last.sequence:
        return _repeated(post, copy, received, last)
    is_compared = received.merged_with == post.version
    if not is_compared:
        copy = merge_saved(post, copy, at=at)
    base = base_of(post, received.base_version, last)
    mine = _storable(base or WorkingText(), received.fields)
    if post.status is Status.TRASHED:
        keep_beside(post, received, mine, by=by, at=at)
        return KeptBeside(journal.head_version(post, copy), mine, None, is_trashed=True)
    theirs = journal.head_text(post_id, copy)
    try:
        merged = texts.merge(base, mine, theirs)
    except CannotMerge:
        return _keep_conflict(post, copy, received, mine, theirs, by=by, at=at)
    closes = _equals_saved(post, copy, merged)
    version = journal.append(
        post,
        copy,
        merged,
        sender=sender,
        at=at,
        sent=mine,
        post_version=post.version if is_compared else None,
        closes=closes,
    )
    forget_kept(post_id, by, received.client)
    text = None if _is_as_sent(merged, received.fields) else merged
    return Saved(post.version if closes else version, received.sequence, at, text, is_open=not closes)


def _equals_saved(post: PostKey, copy: WorkingCopy | None, text: WorkingText) -> bool:
    """Return whether nothing is unsaved: the writer has undone every change."""
    has_all = copy is None or not copy.is_open or copy.post_version == post.version
    return has_all and text == journal.text_of_post(post.id)


def _is_as_sent(stored: WorkingText, fields: Mapping[str, Any]) -> bool:
    values = stored.as_dict()
    return all((list(value) if name == "tags" else value) == values[name] for name, value in fields.items())


def _storable(base: WorkingText, fields: Mapping[str, Any]) -> WorkingText:
    values: dict[str, Any] = {
        name: tuple(map(texts.storable, value)) if name == "tags" else texts.storable(value)
        for name, value in fields.items()
    }
    return replace(base, **values)


def last_of(post_id: int, sender: Sender) -> WorkingCopyChange | None:
    """Return the newest entry of a client."""
    if not sender.client:
        return None
    return db.session.scalar(
        select(WorkingCopyChange)
        .where(
            WorkingCopyChange.post_id == post_id,
            WorkingCopyChange.user_id == sender.user_id,
            WorkingCopyChange.client == sender.client,
        )
        .order_by(WorkingCopyChange.sequence.desc(), WorkingCopyChange.version.desc())
        .limit(1)
    )


def _repeated(post: PostKey, copy: WorkingCopy | None, received: Autosave, last: WorkingCopyChange) -> Saved:
    """Answer a repeated autosave as the first time, and an older one with the newest state."""
    now = journal.head_text(post.id, copy)
    is_open = copy is not None and copy.is_open
    text = None if _is_as_sent(now, received.fields) else now
    return Saved(journal.head_version(post, copy), last.sequence, last.changed_at, text, is_open)


def base_of(post: PostKey, version: int, last: WorkingCopyChange | None) -> WorkingText | None:
    """Return the text that the client began with: the one that it names, or its own last one, if that is newer.

    An answer may have been lost, so a client may name an older state than the one that its own text made.
    """
    if last is not None and _is_newer(last, version):
        return sent_text(post, last)
    found = journal.text_at(post, version)
    return found[0] if found else None


def sent_text(post: PostKey, entry: WorkingCopyChange) -> WorkingText | None:
    """Return the text that a client sent, without what was merged into it."""
    found = journal.text_at(post, entry.version)
    return texts.changed(found[0], entry.sent or "") if found else None


def _is_newer(last: WorkingCopyChange, version: int) -> bool:
    return last.version > version if version >= FIRST_VERSION else last.post_version >= version


def merge_saved(post: PostKey, copy: WorkingCopy | None, *, at: datetime) -> WorkingCopy | None:
    """Merge what was saved past an open working copy into it, as by the API; leaves a copy that it conflicts with."""
    if copy is None or not copy.is_open or copy.post_version == post.version:
        return copy
    base = journal.text_at(post, copy.post_version)
    saved, head = journal.text_of_post(post.id), journal.head_text(post.id, copy)
    try:
        merged = texts.merge(base[0] if base else None, head, saved)
    except CannotMerge:
        return copy
    journal.append(post, copy, merged, sender=Sender(copy.user_id), at=at, post_version=post.version)
    return journal.copy_of(post.id)


def _keep_conflict(
    post: PostKey,
    copy: WorkingCopy | None,
    received: Autosave,
    mine: WorkingText,
    theirs: WorkingText,
    *,
    by: User,
    at: datetime,
) -> KeptBeside:
    """Put both texts into the history, and keep the newest one of the writer for the page that merges them."""
    if copy is not None and copy.is_open:
        journal.keep_sitting(post, copy)
    keep_beside(post, received, mine, by=by, at=at)
    return KeptBeside(journal.head_version(post, copy), mine, theirs)


def keep_beside(
    post: PostKey,
    received: Autosave,
    mine: WorkingText,
    *,
    by: User,
    at: datetime,
    fields: Mapping[str, str] | None = None,
) -> KeptText:
    """Keep a text for its writer; the first state of it goes into the history."""
    kept = kept_of(post.id, by, received.client)
    if kept is not None and received.sequence < kept.sequence:
        return kept
    if kept is None:
        note = "Could not be merged"
        number = journal.keep_revision(post.id, mine, Kind.CONFLICT, author_id=by.id, at=at, note=note)
        kept = KeptText(post_id=post.id, user_id=by.id, client=received.client, number=number)
        kept.base_version, kept.created_at = received.base_version, at
        db.session.add(kept)
    kept.sequence, kept.text, kept.fields = received.sequence, mine.as_dict(), dict(fields or {})
    db.session.flush()
    return kept


def kept_of(post_id: int, by: User, client: str) -> KeptText | None:
    """Return the text that is kept for an editor of a person."""
    return db.session.scalar(
        select(KeptText).where(
            KeptText.post_id == post_id, KeptText.user_id == by.id, KeptText.client == client
        )
    )


def forget_kept(post_id: int, by: User, client: str) -> None:
    """Remove the kept text of an editor, which its newest text includes."""
    kept = kept_of(post_id, by, client)
    if kept is not None:
        _forget(kept)


def forget_kept_text(kept_id: int, by: User) -> None:
    """Remove a kept text of a person, which is merged by hand now."""
    kept = db.session.get(KeptText, kept_id)
    if kept is not None and kept.user_id == by.id:
        _forget(kept)


def _forget(kept: KeptText) -> None:
    """Remove a kept text; its last state goes into the history, if it is not there."""
    text = WorkingText.from_dict(kept.text)
    if text != journal.text_of_revision(kept.post_id, kept.number):
        journal.keep_revision(kept.post_id, text, Kind.CONFLICT, author_id=kept.user_id, at=kept.created_at)
    db.session.delete(kept)
    db.session.flush()


def _keep_for_former_writer(
    post: PostKey, copy: WorkingCopy | None, received: Autosave, *, by: User, at: datetime
) -> KeptBeside:
    """Keep the text of somebody whose right to edit ended while typing."""
    if not had_part(post, by):
        raise NotFound("There is no such post.")
    # Omitted fields come from the writer's own last text: any other state may be one that the writer may not read.
    last = last_of(post.id, Sender(by.id, received.client))
    mine = _storable((sent_text(post, last) if last else None) or WorkingText(), received.fields)
    keep_beside(post, received, mine, by=by, at=at)
    return KeptBeside(journal.head_version(post, copy), mine, None)


def had_part(post: PostKey, by: User) -> bool:
    """Return whether the person once wrote the post: its text may be kept, though the right to edit has ended."""
    if post.author_id == by.id:
        return True
    for model in (WorkingCopyChange, EditingLease):
        wrote = select(model.post_id).where(model.post_id == post.id, model.user_id == by.id).limit(1)
        if db.session.scalar(wrote) is not None:
            return True
    return history.has_saved(post.id, by.id)
