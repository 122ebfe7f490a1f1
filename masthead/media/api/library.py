"""The API of the media library."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import PreconditionFailed

from masthead import clock
from masthead.db import db, paginate
from masthead.errors import Invalid
from masthead.media import actions, queries, usage, words
from masthead.media.api.answers import answer_about, answer_about_new, check_seen, seen_version
from masthead.media.api.schemas import (
    MediaAnswer,
    MediaChange,
    MediaDeletion,
    MediaEdit,
    MediaList,
    MediaQuery,
    MediaWords,
    QuotaAnswer,
)
from masthead.media.errors import StaleMedia
from masthead.media.models import Media
from masthead.media.queries import MediaFilters
from masthead.media.uploads import intake, quotas
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web.api.operations import STALE, Answer, commit_and_answer, operation
from masthead.web.api.paging import cursor_of, links, listed, position

bp = Blueprint("media_api", __name__)


def _mistakes(said: dict[str, Any], media_id: int | None = None) -> Iterable[Invalid]:
    """Return the mistakes in words."""
    shape = MediaChange.model_construct(_fields_set=set(said), **said)
    return () if media_id is None and not said else words.mistakes(shape.words())


@bp.get("")
@requires(Permission.UPLOAD)
@operation("List files", tag="media", query=MediaQuery, answer=MediaList, problems=(403, 404))
def index(query: MediaQuery) -> Answer:
    """Files of the library, newest first. Those of contributors are listed once a public text shows them."""
    filters = MediaFilters(
        query.q or "",
        query.kind or "",
        query.by or "",
        query.since,
        unused=query.unused,
        trashed=query.trashed,
    )
    statement = queries.library(current_user(), filters)
    if query.cursor is None:
        page = paginate(statement, page=query.page, per_page=query.per_page)
        cursor = _cursor(page.items[-1]) if page.has_next else None
        return listed(MediaList, page, media=_listed(page.items), next_cursor=cursor)
    found = db.session.scalars(
        queries.after(statement, position(query.cursor)).limit(query.per_page + 1)
    ).all()
    shown = found[: query.per_page]
    cursor = _cursor(shown[-1]) if len(found) > query.per_page else None
    answer = MediaList(
        media=_listed(shown), total=None, page=None, per_page=query.per_page, pages=None, next_cursor=cursor
    )
    return Answer(answer, headers=links(next={"cursor": cursor} if cursor else None))


def _listed(media: Iterable[Media]) -> list[MediaAnswer]:
    rows = list(media)
    uses = usage.uses_of([one.id for one in rows], by=current_user())
    return [MediaAnswer.of(one, uses.get(one.id, [])) for one in rows]


def _cursor(media: Media) -> str:
    return cursor_of(media.created_at, media.id)


@bp.post("")
@requires(Permission.UPLOAD)
@operation(
    "Bring in a file",
    tag="media",
    upload=MediaWords,
    answer=MediaAnswer,
    status=201,
    status_if_there=HTTPStatus.OK,
    problems=(403, 409),
    is_conditional=True,
)
def create(upload: MediaWords) -> Response:
    """Bring in a file. Its content decides its type. The same file again answers 200 with the one that is there."""
    by, file = current_user(), request.files["file"]
    added = intake.bring_in(
        intake.parts_of(file.stream), name=file.filename or "", words=upload.words(), by=by, at=clock.now()
    )
    return commit_and_answer(answer_about_new, added.media.id, is_new=added.is_new)


@bp.get("/quota")
@requires(Permission.UPLOAD)
@operation("Read your room for files", tag="media", answer=QuotaAnswer, problems=(403,))
def quota() -> Answer:
    """The room that your role gives you, and how much of it is left."""
    return Answer(QuotaAnswer.of(quotas.left_for(current_user())))


@bp.get("/<int:media_id>")
@requires(Permission.UPLOAD)
@operation("Read about a file", tag="media", answer=MediaAnswer, problems=(403, 404), is_conditional=True)
def show(media_id: int) -> Answer:
    """A file with its variants and uses, also one in the trash."""
    return _whole(media_id)


def _whole(media_id: int) -> Answer:
    by = current_user()
    return answer_about(queries.get(media_id, reader=by), by=by)


@bp.patch("/<int:media_id>")
@requires(Permission.UPLOAD)
@operation(
    "Describe a file",
    tag="media",
    body=MediaChange,
    answer=MediaAnswer,
    problems=(403, 404, 412, 428),
    is_conditional=True,
    validator=_mistakes,
)
def change(media_id: int, body: MediaChange) -> Response:
    """Change the words and the focal point; omitted ones stay."""
    media = _to_change(media_id)
    actions.describe(media, body.words(), by=current_user())
    return _committed(media_id)


@bp.put("/<int:media_id>/edit")
@requires(Permission.UPLOAD)
@operation(
    "Crop and turn a picture",
    tag="media",
    body=MediaEdit,
    answer=MediaAnswer,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
)
def edit(media_id: int, body: MediaEdit) -> Response:
    """Show a turned and cropped picture at the same address. The file that was brought in is kept."""
    seen = seen_version()
    try:
        intake.edit(media_id, body.edit(), version=seen, by=current_user(), at=clock.now())
    except StaleMedia:
        raise PreconditionFailed(STALE) from None
    return _committed(media_id)


@bp.put("/<int:media_id>/file")
@requires(Permission.UPLOAD)
@operation(
    "Replace a file",
    tag="media",
    upload=MediaWords,
    answer=MediaAnswer,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
)
def replace(media_id: int, upload: MediaWords) -> Response:
    """Put another file of the same kind at this address. Every page that shows it follows at once."""
    seen, by = seen_version(), current_user()
    parts = intake.parts_of(request.files["file"].stream)
    try:
        media = intake.replace(media_id, parts, version=seen, by=by, at=clock.now())
    except StaleMedia:
        raise PreconditionFailed(STALE) from None
    if upload.model_fields_set:
        actions.describe(media, upload.words(), by=by)
    return _committed(media_id)


@bp.delete("/<int:media_id>")
@requires(Permission.UPLOAD)
@operation(
    "Move a file to the trash",
    tag="media",
    query=MediaDeletion,
    status=204,
    problems=(403, 404, 409, 412, 428),
    is_conditional=True,
)
def delete(media_id: int, query: MediaDeletion) -> Response:
    """Move a file to the trash, restorable for 30 days; `used_in` says who shows it. With `purge`, delete it permanently."""
    media = _to_change(media_id)
    if query.purge:
        actions.purge(media, by=current_user())
    else:
        actions.trash(media, by=current_user(), at=clock.now())
    return commit_and_answer(Answer, None)


@bp.post("/<int:media_id>/restore")
@requires(Permission.UPLOAD)
@operation(
    "Restore a file from the trash",
    tag="media",
    answer=MediaAnswer,
    problems=(403, 404, 409, 412),
    is_conditional=True,
)
def restore(media_id: int) -> Response:
    """Restore a file from the trash."""
    media = queries.get_to_change(media_id, reader=current_user())
    check_seen(media, is_required=False)
    actions.restore(media, by=current_user())
    return _committed(media_id)


def _to_change(media_id: int) -> Media:
    media = queries.get_to_change(media_id, reader=current_user())
    check_seen(media)
    return media


def _committed(media_id: int) -> Response:
    return commit_and_answer(_whole, media_id)
