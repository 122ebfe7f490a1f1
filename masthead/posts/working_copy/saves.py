"""Saves: the text of a form, or the working copy itself, becomes the post's text, merged with what others saved."""

from datetime import datetime

from masthead.content.rendering import RenderedText, render_text
from masthead.errors import Conflict, NotFound
from masthead.people.models import User
from masthead.posts.history import Kind
from masthead.posts.working_copy import journal, texts
from masthead.posts.working_copy.autosaves import base_of, last_of, merge_saved
from masthead.posts.working_copy.journal import PostKey, Sender
from masthead.posts.working_copy.texts import WorkingText
from masthead.unset import UNSET


class UnmergedChanges(Conflict):
    """The working copy and the post changed the same words, so a writer must decide."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else saved this post, and changed the same words as the working copy. Open the post in the "
            "editor to merge them."
        )


def merged_with_saved(
    post: PostKey,
    mine: WorkingText,
    seen: int | None,
    *,
    sender: Sender,
    at: datetime,
    merged_with: int | None = None,
) -> WorkingText:
    """Return a writer's text with everything that others typed or saved since the writer saw the version ``seen``.

    Raises `CannotMerge`. The page may know less than its own autosaves, whose answers were lost or are under way.
    ``merged_with`` is the version of the post that the writer compared it with by hand.
    """
    copy = journal.copy_of(post.id)
    if merged_with != post.version:
        copy = merge_saved(post, copy, at=at)
    last = last_of(post.id, sender)
    if last is not None and last.sequence > sender.sequence:
        # The text of the form is older than the autosave.
        last = None
    is_known = seen == journal.head_version(post, copy) or (seen is None and last is None)
    if is_known:
        text = mine
    else:
        base = base_of(post, seen or 0, last)
        text = texts.merge(base, mine, journal.head_text(post.id, copy))
    is_behind = copy is not None and copy.is_open and copy.post_version != post.version
    if not is_behind or (is_known and merged_with == post.version):
        return text
    found = journal.text_at(post, copy.post_version) if copy is not None else None
    return texts.merge(found[0] if found else None, text, journal.text_of_post(post.id))


def rendered(text: WorkingText, saved: WorkingText) -> RenderedText:
    """Render a text; equal parts stay as the post has them. Raises `Invalid`."""
    return render_text(
        title=text.title,
        body=text.body,
        summary=UNSET if text.summary == saved.summary else text.summary,
        slug=None if text.slug == saved.slug else text.slug,
        tags=UNSET if text.tags == saved.tags else text.tags,
    )


def working_text(post: PostKey, *, at: datetime) -> WorkingText:
    """Return the open working copy with what was saved past it; raises `NotFound` and `UnmergedChanges`."""
    copy = merge_saved(post, journal.copy_of(post.id), at=at)
    if copy is None or not copy.is_open:
        raise NotFound("This post has no unpublished changes.")
    if copy.post_version != post.version:
        raise UnmergedChanges
    return journal.head_text(post.id, copy)


def close(post_id: int, *, sender: Sender, at: datetime, sent: WorkingText | None = None) -> None:
    """End the working copy after its text was saved; later autosaves of older states are merged from there.

    ``sent`` is the text of the form: a form that comes twice knows no more than the first time.
    """
    copy = journal.copy_of(post_id)
    if copy is None or not (copy.is_open or sender.client):
        return
    post = journal.lock(post_id)
    journal.append(
        post,
        copy,
        journal.text_of_post(post_id),
        sender=sender,
        at=at,
        sent=sent,
        post_version=post.version,
        closes=True,
    )


def discard(post: PostKey, *, by: User, at: datetime) -> None:
    """End the working copy without saving it; its text goes into the history. Raises `NotFound` if there is none."""
    copy = journal.copy_of(post.id)
    if copy is None or not copy.is_open:
        raise NotFound("This post has no unpublished changes.")
    text = journal.head_text(post.id, copy)
    journal.keep_revision(
        post.id, text, Kind.DISCARDED, author_id=copy.user_id, at=copy.changed_at, note="Discarded"
    )
    close(post.id, sender=Sender(by.id), at=at)


def set_aside(post: PostKey) -> None:
    """Put an open working copy into the history, before a revision replaces it."""
    copy = journal.copy_of(post.id)
    if copy is not None and copy.is_open:
        journal.keep_sitting(post, copy)
