"""The endpoints of the scripts of our own pages: those of the API, with the session's cookie and a form token."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from masthead import clock
from masthead.db import db
from masthead.errors import Invalid
from masthead.extensions import csrf
from masthead.media import queries, usage
from masthead.media.actions import Added
from masthead.media.api.schemas import MediaAnswer, MediaWords, UploadAnswer
from masthead.media.api.uploads import LENGTH, OFFSET, sent_offset
from masthead.media.models import MediaUpload
from masthead.media.uploads import intake, parts
from masthead.media.uploads.parts import OtherOffset
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web import errors
from masthead.web.forms import json_bodies
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.json_bodies import PageJson
from masthead.web.middleware import body_limits

bp = Blueprint("media_scripts", __name__)

_WORDS = ("alt", "caption", "credit", "licence")


class SentUpload(PageJson):
    """A file that is about to be sent in parts."""

    name: str = Field(min_length=1, max_length=1_000)
    bytes: int = Field(ge=1, lt=2**53)


class SentWords(PageJson):
    """The words of a file."""

    alt: str | None = None
    decorative: bool | None = None
    caption: str | None = None
    credit: str | None = None
    licence: str | None = None


@bp.post("/files")
@requires(Permission.UPLOAD)
@redisplays_expired_form
@body_limits.takes_files
def create() -> ResponseReturnValue:
    """Bring in a file that was dropped, pasted or chosen."""
    csrf.protect()
    file = request.files.get("file")
    if file is None:
        raise Invalid("Choose a file.", field="file")
    sent: dict[str, object] = {name: request.form[name] for name in _WORDS if name in request.form}
    if "decorative" in request.form:
        sent["decorative"] = request.form["decorative"] in {"1", "true", "on", "y"}
    words = json_bodies.checked(MediaWords, sent).words()
    added = intake.bring_in(
        intake.parts_of(file.stream), name=file.filename or "", words=words, by=current_user(), at=clock.now()
    )
    return _committed(added)


@bp.get("/files/<int:media_id>")
@requires(Permission.UPLOAD)
def show(media_id: int) -> ResponseReturnValue:
    """Show the state of a file, until its variants are made."""
    return _about(media_id)


@bp.post("/uploads")
@requires(Permission.UPLOAD)
@redisplays_expired_form
def begin() -> ResponseReturnValue:
    """Begin an upload in parts."""
    sent = json_bodies.read(SentUpload)
    upload = parts.begin(sent.name, sent.bytes, by=current_user(), at=clock.now())
    response = _progress(upload)
    response.status_code = 201
    db.session.commit()
    return response


@bp.get("/uploads/<upload_id>")
@requires(Permission.UPLOAD)
def progress(upload_id: str) -> ResponseReturnValue:
    """Show how far an upload has got."""
    return _progress(parts.get(upload_id, by=current_user()))


@bp.patch("/uploads/<upload_id>")
@requires(Permission.UPLOAD)
@redisplays_expired_form
@body_limits.takes(parts.PART_BYTES)
def append(upload_id: str) -> ResponseReturnValue:
    """Take the next part of an upload."""
    csrf.protect()
    try:
        offset = parts.append(upload_id, sent_offset(), request.get_data(), by=current_user())
    except OtherOffset as error:
        db.session.rollback()
        response = errors.answer(HTTPStatus.CONFLICT, error.message)
        response.headers[OFFSET] = str(error.offset)
        return response
    db.session.commit()
    response = current_app.response_class(status=204)
    response.headers[OFFSET] = str(offset)
    return response


@bp.post("/uploads/<upload_id>/finish")
@requires(Permission.UPLOAD)
@redisplays_expired_form
def finish(upload_id: str) -> ResponseReturnValue:
    """Bring in a file whose parts have all arrived."""
    sent = json_bodies.read(SentWords)
    words = json_bodies.checked(MediaWords, sent.model_dump(exclude_none=True)).words()
    return _committed(parts.finish(upload_id, words=words, by=current_user(), at=clock.now()))


@bp.delete("/uploads/<upload_id>")
@requires(Permission.UPLOAD)
@redisplays_expired_form
def cancel(upload_id: str) -> ResponseReturnValue:
    """Forget an upload."""
    csrf.protect()
    parts.cancel(upload_id, by=current_user())
    db.session.commit()
    return current_app.response_class(status=204)


def _progress(upload: MediaUpload) -> Response:
    response = jsonify(UploadAnswer.of(upload).model_dump())
    response.headers.update(
        {OFFSET: str(upload.received), LENGTH: str(upload.size), "Cache-Control": "no-store"}
    )
    return response


def _committed(added: Added) -> Response:
    db.session.flush()
    response = _about(added.media.id)
    response.status_code = 201 if added.is_new else 200
    db.session.commit()
    return response


def _about(media_id: int) -> Response:
    by = current_user()
    media = queries.get(media_id, reader=by)
    content = MediaAnswer.of(media, usage.used_in(media, by=by)).model_dump_json()
    response = current_app.response_class(content, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
