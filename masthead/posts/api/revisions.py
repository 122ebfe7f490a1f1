"""The API of a post's revisions: list, read, compare, name and restore."""

from flask import Blueprint, Response

from masthead import clock
from masthead.errors import NotFound
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import comparisons, history, pictures, queries, revision_restore
from masthead.posts.api.posts import editable, whole
from masthead.posts.api.revision_schemas import (
    DiffField,
    DiffPart,
    DiffQuery,
    RevisionAnswer,
    RevisionChange,
    RevisionDiff,
    RevisionItem,
    Revisions,
)
from masthead.posts.api.transitions import seen, transition
from masthead.posts.working_copy import journal, saves
from masthead.posts.working_copy.journal import Sender
from masthead.web.api.operations import Answer, commit_and_answer, operation
from masthead.web.api.paging import list_answer
from masthead.web.api.schemas import PageQuery

bp = Blueprint("revisions_api", __name__)


@bp.get("/<slug>/revisions")
@requires(Permission.WRITE)
@operation(
    "List the revisions of a post", tag="posts", query=PageQuery, answer=Revisions, problems=(401, 403, 404)
)
def revisions(slug: str, query: PageQuery) -> Answer:
    """Revisions, newest first, for people who may edit the post."""
    return list_answer(Revisions, queries.revisions_of(editable(slug)), query, RevisionItem.of)


@bp.get("/<slug>/revisions/<int:number>")
@requires(Permission.WRITE)
@operation(
    "Read a revision", tag="posts", answer=RevisionAnswer, problems=(401, 403, 404), is_conditional=True
)
def revision(slug: str, number: int) -> Answer:
    """A revision with its text."""
    found = history.get(editable(slug), number)
    return Answer(RevisionAnswer.of(found))


@bp.get("/<slug>/revisions/<int:number>/diff")
@requires(Permission.WRITE)
@operation(
    "Compare two revisions", tag="posts", query=DiffQuery, answer=RevisionDiff, problems=(401, 403, 404)
)
def diff(slug: str, number: int, query: DiffQuery) -> Answer:
    """The words that were removed and added, in the text and in every other field."""
    post = editable(slug)
    against = number - 1 if query.against is None else query.against
    if against < 1:
        raise NotFound("There is no revision before the first one.")
    old, new = history.get(post, against), history.get(post, number)
    fields = [
        DiffField(
            field=change.field,
            parts=[DiffPart(kind=part.kind, text=part.text) for part in change.segments],
        )
        for change in comparisons.of_revisions(old, new)
    ]
    return Answer(RevisionDiff(against=against, number=number, fields=fields))


@bp.patch("/<slug>/revisions/<int:number>")
@requires(Permission.WRITE)
@operation(
    "Name a revision", tag="posts", body=RevisionChange, answer=RevisionAnswer, problems=(401, 403, 404)
)
def name(slug: str, number: int, body: RevisionChange) -> Response:
    """Give a revision a name, or take it away with an empty one."""
    found = history.get(editable(slug), number)
    history.set_name(found, body.name)
    return commit_and_answer(Answer, RevisionAnswer.of(found))


@bp.post("/<slug>/revisions/<int:number>/restore")
@requires(Permission.WRITE)
@transition("Restore a revision")
def restore_revision(slug: str, number: int) -> Response:
    """Save this revision again as the newest one. Slug and status of the post stay."""
    by, at = current_user(), clock.now()
    # Rendering comes before the change, which locks the row.
    prepared = revision_restore.prepare(queries.at_slug(slug), number, by=by)
    post = seen(slug)
    saves.set_aside(journal.lock(post.id))
    revision_restore.restore(post, prepared, by=by, at=at)
    saves.close(post.id, sender=Sender(by.id), at=at)
    return commit_and_answer(whole, post.slug, warnings=pictures.receive(post))
