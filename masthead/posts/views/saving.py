"""Saves of the editor's form: its text is merged with what others changed since the writer opened the page."""

import dataclasses
from collections.abc import Callable
from datetime import datetime

from masthead import clock
from masthead.content.forms import number_in
from masthead.content.rendering import RenderedText
from masthead.db import db, transactions
from masthead.errors import Invalid, Mistakes, NotAllowed
from masthead.people.access import current_user
from masthead.people.models import User
from masthead.posts import actions, pictures, queries
from masthead.posts.details import lead_of
from masthead.posts.forms.post import PostForm
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit, check_editable
from masthead.posts.working_copy import autosaves, journal, saves, shown
from masthead.posts.working_copy.journal import Sender
from masthead.posts.working_copy.texts import WorkingText

#: Details with one value, which two writers may have changed differently.
_SINGLE = (
    "lead_image", "lead_alt", "lead_caption", "canonical_url", "language", "translation_key", "authors",
    "meta_title", "meta_description", "card_title", "card_description", "card_image",
)  # fmt: skip


class RightEnded(NotAllowed):
    """The writer may see the post, and may not edit it any more."""


def editable(post_id: int) -> Post:
    """Return the post, if the person may edit it; raises `NotFound` for one that the person cannot see."""
    post = queries.get(post_id)
    try:
        check_editable(post, current_user(), refusal="Only an editor can change this post now.")
    except NotAllowed as error:
        raise RightEnded(error.message) from None
    return post


def open_form(post_id: int) -> tuple[PostForm, WorkingText]:
    """Return the submitted form with what its page showed, and the saved text, before a transaction that may write."""
    with transactions(may_write=False):
        post = db.session.scalars(queries.with_id(post_id)).unique().one_or_none()
        if post is None or not can_edit(current_user(), post):
            db.session.rollback()
            # The permission is checked later, by the common rules.
            return PostForm(), WorkingText()
        version = number_in(PostForm().version)
        seen = shown.at_version(post, version) if version is not None else None
        saved = shown.saved(post)
        form = PostForm.of(seen or shown.now(post))
        db.session.rollback()
    return form, saved.text


def save(
    post_id: int,
    form: PostForm,
    mine: WorkingText,
    done: RenderedText,
    *,
    then: Callable[..., None],
) -> Post:
    """Save the form's text and details, and take the step of its button; raises `CannotMerge`.

    ``done`` is the rendered text of the form, which is rendered again only if others changed the post meanwhile.
    """
    by, at = current_user(), clock.now()
    key = journal.lock(post_id)
    post = editable(post_id)
    before = shown.saved(post).text
    sender = Sender(by.id, form.client.data or "", number_in(form.sequence) or 0)
    merged = saves.merged_with_saved(
        key, mine, form.seen_version, sender=sender, at=at, merged_with=number_in(form.merged_with)
    )
    _check_details(form, post)
    if merged != mine or before.slug != mine.slug:
        done = saves.rendered(merged, before)
    done = dataclasses.replace(done, lead=lead_of(post, form.lead_picture_update()))
    details = form.details(post, by=by, at=at)
    actions.revise(post, done, by=by, at=at, details=details)
    then(post, form, at=at)
    pictures.receive(post)
    _close(post, form, mine, sender=sender, by=by, at=at)
    return post


def _close(post: Post, form: PostForm, mine: WorkingText, *, sender: Sender, by: User, at: datetime) -> None:
    db.session.flush()
    saves.close(post.id, sender=sender, at=at, sent=mine)
    resolved = number_in(form.resolves)
    if resolved is not None:
        autosaves.forget_kept_text(resolved, by)
    if sender.client:
        autosaves.forget_kept(post.id, by, sender.client)


def _check_details(form: PostForm, post: Post) -> None:
    """Raise `Invalid` for details that the writer and somebody else changed differently."""
    page, theirs = form.shown(), shown.saved(post).values
    if page is None or form.seen is None or number_in(form.merged_with) == post.version:
        return
    mistakes = Mistakes()
    for name in _SINGLE:
        before, now = form.seen.values[name] or "", theirs[name] or ""
        if before != now and not form.kept(name, page) and (form[name].data or "") != now:
            sentence = (
                f"Somebody else changed this to “{now}” after you opened the post. Open the post in a second "
                "window to compare, or enter that value."
            )
            mistakes.add(Invalid(sentence, field=name))
    mistakes.settle()
