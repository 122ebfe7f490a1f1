"""The answers about files, with their uses and ETags."""

from http import HTTPStatus

from flask import request, url_for
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from masthead.db import db
from masthead.media import queries, usage
from masthead.media.api.schemas import MediaAnswer
from masthead.media.models import Media
from masthead.people.access import current_user
from masthead.people.models import User
from masthead.web.api.operations import NO_MATCH, STALE, Answer, tag_of
from masthead.web.api.paging import located


def answer_about(media: Media, *, by: User, status: int | None = None) -> Answer:
    """Return the answer about a file. Its ETag begins with the version, which alone decides about changes."""
    shape = MediaAnswer.of(media, usage.used_in(media, by=by))
    return Answer(shape, etag=f"{media.version}-{tag_of(shape)}", status=status)


def answer_about_new(media_id: int, *, is_new: bool) -> Answer:
    """Return the answer about a file that was brought in: 201, or 200 for one that was there already."""
    by = current_user()
    media = queries.get(media_id, reader=by)
    return located(
        answer_about(media, by=by, status=None if is_new else HTTPStatus.OK),
        url_for("media_api.show", media_id=media_id),
    )


def seen_version() -> int | None:
    """Return the version of the state in If-Match, None for any; raises 428 without the header."""
    if "If-Match" not in request.headers:
        raise PreconditionRequired(NO_MATCH)
    if request.if_match.star_tag:
        return None
    tags = [tag.partition("-")[0] for tag in request.if_match.as_set()]
    if len(tags) != 1 or not tags[0].isdigit():
        raise PreconditionFailed(STALE)
    return int(tags[0])


def check_seen(media: Media, *, is_required: bool = True) -> None:
    """Raise 428 or 412 unless If-Match names the present version of a file, which is locked."""
    if not is_required and "If-Match" not in request.headers:
        return
    seen = seen_version()
    if seen is not None and seen != media.version:
        db.session.rollback()
        raise PreconditionFailed(STALE)
