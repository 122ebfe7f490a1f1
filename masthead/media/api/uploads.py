"""The API of uploads in parts; see `masthead.media.uploads.parts` for the protocol."""

from http import HTTPStatus

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import BadRequest

from masthead import clock
from masthead.media.api.answers import answer_about_new
from masthead.media.api.schemas import MediaAnswer, MediaWords, UploadAnswer, UploadInput
from masthead.media.models import MediaUpload
from masthead.media.uploads import parts
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web.api.operations import Answer, commit_and_answer, operation
from masthead.web.api.paging import located

bp = Blueprint("media_uploads_api", __name__)

OFFSET = "Upload-Offset"
LENGTH = "Upload-Length"


@bp.post("")
@requires(Permission.UPLOAD)
@operation(
    "Begin an upload in parts",
    tag="media",
    body=UploadInput,
    answer=UploadAnswer,
    status=201,
    problems=(403, 409),
)
def begin(body: UploadInput) -> Response:
    """Announce a file that is sent in parts. An upload that is not finished is forgotten after a day."""
    upload = parts.begin(body.name, body.bytes, by=current_user(), at=clock.now())
    return commit_and_answer(_begun, upload)


def _begun(upload: MediaUpload) -> Answer:
    return located(progress(upload), url_for("media_uploads_api.show", upload_id=upload.token))


def progress(upload: MediaUpload) -> Answer:
    """Return how far an upload has got, also as headers (tus 1.0)."""
    headers = {OFFSET: str(upload.received), LENGTH: str(upload.size)}
    return Answer(UploadAnswer.of(upload), headers=headers)


@bp.get("/<upload_id>")
@requires(Permission.UPLOAD)
@operation("Read how far an upload is", tag="media", answer=UploadAnswer, problems=(403, 404))
def show(upload_id: str) -> Answer:
    """The offset at which the next part begins, also in the header `Upload-Offset`; ask by HEAD after a broken connection."""
    return progress(parts.get(upload_id, by=current_user()))


@bp.patch("/<upload_id>")
@requires(Permission.UPLOAD)
@operation(
    "Send a part",
    tag="media",
    takes_bytes=parts.PART_BYTES,
    answer=UploadAnswer,
    problems=(403, 404, 409),
)
def append(upload_id: str) -> Response:
    """Send the bytes from `Upload-Offset` on. 409 names the right offset if the upload has got elsewhere."""
    parts.append(upload_id, sent_offset(), request.get_data(), by=current_user())
    return commit_and_answer(progress, parts.get(upload_id, by=current_user()))


def sent_offset() -> int:
    """Return the offset of the sent part; raises 400."""
    value = request.headers.get(OFFSET, "")
    if not (value.isascii() and value.isdigit() and len(value) < 12):
        raise BadRequest(f"Say in {OFFSET} at which byte the part begins.")
    return int(value)


@bp.post("/<upload_id>/finish")
@requires(Permission.UPLOAD)
@operation(
    "Finish an upload",
    tag="media",
    body=MediaWords,
    is_body_optional=True,
    answer=MediaAnswer,
    status=201,
    status_if_there=HTTPStatus.OK,
    problems=(403, 404, 409),
    is_conditional=True,
)
def finish(upload_id: str, body: MediaWords) -> Response:
    """Bring in the whole file. The same file again answers 200 with the one that is there."""
    by = current_user()
    added = parts.finish(upload_id, words=body.words(), by=by, at=clock.now())
    return commit_and_answer(answer_about_new, added.media.id, is_new=added.is_new)


@bp.delete("/<upload_id>")
@requires(Permission.UPLOAD)
@operation("Cancel an upload", tag="media", status=204, problems=(403, 404))
def cancel(upload_id: str) -> Response:
    """Forget an upload and its parts."""
    parts.cancel(upload_id, by=current_user())
    return commit_and_answer(Answer, None)
