"""The page on which a writer merges two texts that changed the same words, or copies a text that was kept."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from masthead import clock
from masthead.content.forms import number_in
from masthead.db import db
from masthead.errors import NotAllowed, NotFound
from masthead.people.access import current_user, requires, signed_in
from masthead.people.permissions import Permission
from masthead.posts import queries
from masthead.posts.forms.post import PostForm
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit
from masthead.posts.views.saving import editable
from masthead.posts.working_copy import autosaves, journal, shown
from masthead.posts.working_copy.autosaves import Autosave, KeptBeside
from masthead.posts.working_copy.models import KeptText
from masthead.posts.working_copy.texts import WorkingText
from masthead.text import differences, merging
from masthead.text.differences import Segment
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.middleware import body_limits

bp = Blueprint("posts_desk_conflicts", __name__)

LABELS = {"title": "Title", "summary": "Excerpt", "body": "Content", "slug": "URL slug"}
#: Fields of the form that belong to the text, or to one page alone.
_NOT_CARRIED = frozenset({
    *LABELS, "tags", "version", "merged_with", "resolves", "client", "sequence", "csrf_token"
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field of two texts."""

    name: str
    label: str
    mine: str
    theirs: str
    #: From their text to the writer's own.
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """Two texts that could not be merged, and one to finish."""

    post_id: int
    comparisons: list[Comparison]
    finished: WorkingText
    #: The versions of the working copy and of the post that the writer compares with.
    version: int
    post_version: int
    kept_id: int | None
    #: Other fields of the form, sent along with the finished text.
    carried: list[tuple[str, str]]


def keep(post_id: int, form: PostForm, mine: WorkingText) -> ResponseReturnValue:
    """Keep a text that could not be saved, and show the page that merges it."""
    db.session.rollback()
    _keep(post_id, form, mine)
    return _page(queries.get(post_id)), 422


def keep_for_former_writer(post_id: int, form: PostForm, mine: WorkingText) -> ResponseReturnValue:
    """Keep the text of somebody whose right to edit ended while writing, and show it for copying.

    Raises `NotAllowed` for somebody who never had a part in the post.
    """
    db.session.rollback()
    if not autosaves.had_part(journal.lock(post_id), current_user()):
        raise NotAllowed("Only an editor can change this post now.")
    _keep(post_id, form, mine)
    return _copy_page(post_id), 403


def _keep(post_id: int, form: PostForm, mine: WorkingText) -> None:
    by, at = current_user(), clock.now()
    key = journal.lock(post_id)
    copy = journal.copy_of(post_id)
    if copy is not None and copy.is_open:
        journal.keep_sitting(key, copy)
    client = form.client.data or f"form:{at.timestamp():.6f}"
    received = Autosave({}, form.seen_version or key.version, client, number_in(form.sequence) or 0)
    autosaves.keep_beside(key, received, mine, by=by, at=at, fields=_carried(form))
    db.session.commit()


def _carried(form: PostForm) -> dict[str, str]:
    """Return the changed fields beside the text."""
    page = form.shown()
    changed = [field.name for field in form if not form.kept(field.name, page)]
    names = [sent for name in changed if name not in _NOT_CARRIED for sent in (name, f"{name}_shown")]
    return {name: request.form[name] for name in names if name in request.form}


@bp.get("/edit/<int:post_id>/merge")
@signed_in
def show(post_id: int) -> ResponseReturnValue:
    """Show two texts that could not be merged; the own text for copying, if the writer cannot edit the post now."""
    post = queries.get(post_id)
    if post.status is Status.TRASHED or not can_edit(current_user(), post):
        return _copy_page(post_id, is_trashed=post.status is Status.TRASHED)
    return _page(post) or redirect(url_for("posts_desk.edit", post_id=post_id), code=303)


@bp.post("/edit/<int:post_id>/merge")
@requires(Permission.WRITE)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def finish(post_id: int) -> ResponseReturnValue:
    """Make the finished text the working copy, and go on editing."""
    form = PostForm.of(shown.saved(editable(post_id)))
    if not form.validate():
        page = _page(queries.get(post_id))
        return (page, 422) if page else redirect(url_for("posts_desk.edit", post_id=post_id), code=303)
    by, at = current_user(), clock.now()
    text = form.working_text()
    fields = text.as_dict() | {"tags": text.tags}
    merged_with = number_in(form.merged_with)
    received = Autosave(fields, form.seen_version or 0, f"merge:{at.timestamp():.6f}", 1, merged_with)
    result = autosaves.autosave(post_id, received, by=by, at=at)
    resolved = number_in(form.resolves)
    if resolved is not None:
        autosaves.forget_kept_text(resolved, by)
    db.session.commit()
    if isinstance(result, KeptBeside):
        if not result.is_trashed:
            flash("Somebody changed the same words again. Compare once more.", "warning")
        return redirect(url_for("posts_desk_conflicts.show", post_id=post_id), code=303)
    flash("Both texts are merged. They are in the history, too.")
    return redirect(url_for("posts_desk.edit", post_id=post_id), code=303)


def _newest_kept(post_id: int) -> KeptText | None:
    statement = select(KeptText).where(KeptText.post_id == post_id, KeptText.user_id == current_user().id)
    return db.session.scalar(statement.order_by(KeptText.id.desc()).limit(1))


def _page(post: Post) -> str:
    """Render the page of conflicts; an empty text if there is nothing to merge."""
    key, copy = shown.key_of(post), journal.copy_of(post.id)
    kept = _newest_kept(post.id)
    if kept is not None:
        mine = WorkingText.from_dict(kept.text)
        found = journal.text_at(key, kept.base_version)
        theirs = journal.head_text(post.id, copy)
    elif copy is not None and copy.is_open and copy.post_version != post.version:
        mine = journal.head_text(post.id, copy)
        found = journal.text_at(key, copy.post_version)
        theirs = journal.text_of_post(post.id)
    else:
        return ""
    page = ConflictPage(
        post.id,
        _comparisons(mine, theirs),
        _both(found[0] if found else None, mine, theirs),
        journal.head_version(key, copy),
        post.version,
        kept.id if kept is not None else None,
        sorted((kept.fields if kept is not None else {}).items()),
    )
    return render_template("posts/conflict.html", post=post, conflict=page)


def _comparisons(mine: WorkingText, theirs: WorkingText) -> list[Comparison]:
    pairs = [(name, getattr(mine, name), getattr(theirs, name)) for name in LABELS]
    return [
        Comparison(name, LABELS[name], ours, others, differences.segments(others, ours))
        for name, ours, others in pairs
        if ours != others
    ]


def _both(base: WorkingText | None, mine: WorkingText, theirs: WorkingText) -> WorkingText:
    """Return the text that the writer begins to finish: everything of both."""
    before = base or WorkingText()
    body = merging.both(before.body, mine.body, theirs.body)
    tags = merging.merge_lists(before.tags, mine.tags, theirs.tags)
    title = merging.merge(before.title, mine.title, theirs.title)
    summary = merging.merge(before.summary, mine.summary, theirs.summary)
    return WorkingText(
        mine.title if title is None else title,
        mine.summary if summary is None else summary,
        body,
        tags,
        mine.slug,
    )


def _copy_page(post_id: int, *, is_trashed: bool = False) -> str:
    kept = _newest_kept(post_id)
    if kept is None:
        raise NotFound("There is no such post.")
    text = WorkingText.from_dict(kept.text)
    return render_template("posts/kept_text.html", text=text, kept=kept, is_trashed=is_trashed)
