"""The API of working copies, with the actions of the editor's autosaves."""

from flask import Blueprint, Response

from masthead import clock
from masthead.db import db, transactions
from masthead.errors import Conflict
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import actions, pictures, queries
from masthead.posts.api.posts import editable, whole
from masthead.posts.api.transitions import seen, transition
from masthead.posts.api.working_copy_schemas import WorkingCopyAnswer, WorkingCopyInput
from masthead.posts.permissions import can_edit
from masthead.posts.working_copy import autosaves, journal, saves, shown
from masthead.posts.working_copy.autosaves import Autosave, KeptBeside, Saved
from masthead.posts.working_copy.journal import Sender
from masthead.posts.working_copy.texts import WorkingText
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation

bp = Blueprint("working_copies_api", __name__)

CHANGES = (401, 403, 404, 409, 412, 428)


def _present(slug: str) -> Answer:
    post = editable(slug)
    answer = WorkingCopyAnswer.of(shown.now(post), journal.copy_of(post.id))
    return Answer(answer, etag=str(answer.version))


@bp.get("/<slug>/working-copy")
@requires(Permission.WRITE)
@operation(
    "Read the working copy of a post",
    tag="posts",
    answer=WorkingCopyAnswer,
    problems=(401, 403, 404),
    is_conditional=True,
)
def show(slug: str) -> Answer:
    """The text that was typed since the post was saved; without that, the saved text."""
    return _present(slug)


@bp.put("/<slug>/working-copy")
@requires(Permission.WRITE)
@operation(
    "Replace the working copy of a post",
    tag="posts",
    body=WorkingCopyInput,
    answer=WorkingCopyAnswer,
    problems=CHANGES,
    is_conditional=True,
)
def replace(slug: str, body: WorkingCopyInput) -> Response:
    """Replace what was typed. Readers see it after `update`."""
    post = editable(slug)
    key = journal.lock(post.id)
    version = journal.head_version(key, journal.copy_of(post.id))
    check_match(str(version))
    fields = body.model_dump(exclude={"tags", "slug"}) | {
        "tags": tuple(body.tags),
        "slug": body.slug or post.slug,
    }
    result = autosaves.autosave(post.id, Autosave(fields, version), by=current_user(), at=clock.now())
    if isinstance(result, KeptBeside) and result.is_trashed:
        raise Conflict("This post is in the trash. Restore it to change it.")
    if not isinstance(result, Saved):
        raise Conflict("Somebody else changed the same words. Open the post in the editor to merge them.")
    return commit_and_answer(_present, slug)


@bp.delete("/<slug>/working-copy")
@requires(Permission.WRITE)
@operation(
    "Discard the working copy of a post", tag="posts", status=204, problems=CHANGES, is_conditional=True
)
def discard(slug: str) -> Response:
    """Discard what was typed; the text stays in the revisions."""
    post = editable(slug)
    key = journal.lock(post.id)
    check_match(str(journal.head_version(key, journal.copy_of(post.id))))
    saves.discard(key, by=current_user(), at=clock.now())
    return commit_and_answer(Answer, None)


@bp.post("/<slug>/update")
@requires(Permission.WRITE)
@transition("Save the working copy of a post")
def update(slug: str) -> Response:
    """Make the working copy the post's text; readers of a published post see it then."""
    before, text = _working_text(slug)
    # Rendering comes before the change, which locks the row.
    done = saves.rendered(text, before)
    by, at = current_user(), clock.now()
    post = seen(slug)
    present = saves.working_text(journal.lock(post.id), at=at)
    if present != text:
        done = saves.rendered(present, shown.saved(post).text)
    actions.revise(post, done, by=by, at=at)
    warnings = done.warnings + pictures.receive(post)
    saves.close(post.id, sender=Sender(by.id), at=at)
    return commit_and_answer(whole, post.slug, warnings=warnings)


def _working_text(slug: str) -> tuple[WorkingText, WorkingText]:
    """Return the saved text and the working copy, before a transaction that may write."""
    with transactions(may_write=False):
        post = queries.by_slug(slug)
        saved = shown.saved(post).text
        text = shown.now(post).text if can_edit(current_user(), post) else saved
        db.session.rollback()
    return saved, text
