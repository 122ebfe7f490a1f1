"""Actions on uploaded exports."""

from datetime import datetime

from sqlalchemy import select

from masthead import audit
from masthead.db import db
from masthead.errors import Conflict, NotAllowed, NotFound
from masthead.importing.browser import queries
from masthead.importing.browser.formats import ImportFormat
from masthead.importing.browser.models import NAME_CHARACTERS, RUNNING, UploadedExport, UploadState
from masthead.people import reauthentication
from masthead.people.models import User
from masthead.people.permissions import Permission

#: The sentence about a job that ended without a word of its own.
ABANDONED = "The background task ended before its time. Everything imported so far is stored."


def create(kind: ImportFormat, name: str, *, is_fetching: bool, by: User, at: datetime) -> UploadedExport:
    """Create the row of an upload, whose dry run comes first."""
    _check_request(kind, by)
    made = UploadedExport(
        kind=kind.value,
        name=" ".join(name.split())[:NAME_CHARACTERS] or "export",
        state=UploadState.CHECKING.value,
        is_fetching=is_fetching,
        created_at=at,
        owner_id=by.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("import.uploaded", by=by, subject=made.name, format=made.kind)
    return made


def check_right(kind: ImportFormat, by: User | None) -> None:
    """Raise `NotAllowed` for an archive, which brings administrators with their passwords, unless one asks."""
    if kind is ImportFormat.ARCHIVE and not (
        by is not None and by.is_administrator and by.can(Permission.MANAGE_ROLES)
    ):
        raise NotAllowed("An archive brings accounts of every role. Only administrators may import one.")


def _check_request(kind: ImportFormat, by: User) -> None:
    check_right(kind, by)
    if kind is ImportFormat.ARCHIVE:
        reauthentication.check()


def get(upload_id: int) -> UploadedExport:
    """Return the upload, locked; raises `NotFound`."""
    found = db.session.scalar(select(UploadedExport).where(UploadedExport.id == upload_id).with_for_update())
    if found is None:
        raise NotFound("There is no such import.")
    if queries.abandoned([found]):
        found.state, found.problem, found.is_stopping = UploadState.FAILED.value, ABANDONED, False
    return found


def begin(upload: UploadedExport, *, by: User) -> None:
    """Begin the import, or the dry run if none has ended yet; raises `Conflict` while this or another import is running."""
    _check_request(ImportFormat(upload.kind), by)
    if upload.state in RUNNING:
        raise Conflict("This import is running. Stop it first.")
    if not upload.summary:
        # Nobody has seen what the import would do.
        _restart(upload, UploadState.CHECKING)
        return
    others = queries.importing()
    if len(others) > len(queries.abandoned(others)):
        raise Conflict("Another import is running. Wait until it is done, or stop it.")
    _restart(upload, UploadState.IMPORTING)


def _restart(upload: UploadedExport, state: UploadState) -> None:
    upload.state, upload.is_stopping = state.value, False
    upload.done, upload.problem = 0, ""


def stop(upload: UploadedExport) -> None:
    """Ask a running import to end after the present batch."""
    if upload.state not in RUNNING:
        raise Conflict("This import is not running.")
    upload.is_stopping = True


def remove(upload: UploadedExport, *, by: User) -> None:
    """Delete the row of an upload; raises `Conflict` while it is running."""
    if upload.state in RUNNING:
        raise Conflict("This import is running. Stop it first.")
    audit.record("import.removed", by=by, subject=upload.name)
    db.session.delete(upload)
