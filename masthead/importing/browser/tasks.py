"""Dry runs and imports of uploaded exports, as jobs. An import that is stopped or interrupted goes on where it was."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from masthead.db import db
from masthead.errors import DomainError
from masthead.importing.browser import actions, files
from masthead.importing.browser.formats import ImportFormat
from masthead.importing.browser.models import UploadedExport, UploadState
from masthead.jobs import task
from masthead.people import queries as people
from masthead.people.models import User


class ImportStopped(DomainError):
    """Somebody has stopped the import."""


@dataclass(frozen=True, slots=True)
class _Upload:
    id: int
    kind: ImportFormat
    name: str
    is_fetching: bool
    owner: str | None


@dataclass(frozen=True, slots=True)
class _Starter:
    """The person who asked for an import: an account of the database would be lost between its transactions."""

    id: int
    username: str


@task("importing.check", writes=True, attempts=3)
def check(upload_id: int, by_id: int | None = None) -> str | None:
    """Make a dry run of an upload, for the person who asked for it."""
    return _work(upload_id, by_id, dry_run=True)


@task("importing.run", writes=True, attempts=3)
def run(upload_id: int, by_id: int | None = None) -> str | None:
    """Import an upload, for the person who asked for it."""
    return _work(upload_id, by_id, dry_run=False)


def _work(upload_id: int, by_id: int | None, *, dry_run: bool) -> str | None:
    upload = _found(upload_id, UploadState.CHECKING if dry_run else UploadState.IMPORTING)
    if upload is None:
        return None
    try:
        starter = _starter(upload.kind, by_id)
        # Also ends an import that was stopped before its job began.
        _advance(upload_id, 0, 0)
        summary = _imported(upload, starter, dry_run=dry_run)
    except ImportStopped:
        _end(upload_id, UploadState.STOPPED)
        return "Stopped."
    except DomainError as error:
        _end(upload_id, UploadState.FAILED, problem=error.message)
        return error.message
    except OSError as error:
        _end(
            upload_id,
            UploadState.FAILED,
            problem=f"A file could not be read or written: {error.strerror or error}. Everything imported so far is stored.",
        )
        return str(error)
    _end(upload_id, UploadState.CHECKED if dry_run else UploadState.DONE, summary=json.dumps(summary))
    return f"{summary['totals']['files']} items."


def _found(upload_id: int, state: UploadState) -> _Upload | None:
    """The upload, if it waits for this job; a job that runs twice finds it done."""
    statement = (
        select(UploadedExport.kind, UploadedExport.name, UploadedExport.is_fetching, User.username)
        .outerjoin(User, User.id == UploadedExport.owner_id)
        .where(UploadedExport.id == upload_id, UploadedExport.state == state.value)
    )
    row = db.session.execute(statement).one_or_none()
    db.session.rollback()
    return (
        _Upload(upload_id, ImportFormat(row.kind), row.name, row.is_fetching, row.username) if row else None
    )


def _starter(kind: ImportFormat, by_id: int | None) -> _Starter | None:
    """The person who asked for it, whose role may have changed since; raises `NotAllowed`."""
    by = db.session.scalar(people.users().where(User.id == by_id))
    actions.check_right(kind, by)
    found = _Starter(by.id, by.username) if by is not None else None
    db.session.rollback()
    return found


def _imported(upload: _Upload, by: _Starter | None, *, dry_run: bool) -> dict[str, Any]:
    # Imported here because the server, which only lists tasks, starts without the import.
    from masthead.importing.batch import ImportOptions
    from masthead.importing.browser import running

    return running.import_upload(
        upload.kind,
        files.upload_of(upload.id, upload.kind.value, upload.name),
        ImportOptions(dry_run=dry_run, author=upload.owner, fetch_images=upload.is_fetching, by=by),
        files.report_of(upload.id, dry_run=dry_run),
        lambda count, total: _advance(upload.id, count, total),
    )


def _advance(upload_id: int, count: int, total: int) -> None:
    """Store the progress; raises `ImportStopped` if somebody asked for that."""
    change = update(UploadedExport).where(UploadedExport.id == upload_id)
    # A job that was interrupted and runs again counts from the start.
    change = change.values(done=UploadedExport.done + count if total else 0, total=total)
    is_stopping = db.session.scalar(change.returning(UploadedExport.is_stopping))
    db.session.commit()
    if is_stopping is not False:
        raise ImportStopped("Stopped.")


def _end(upload_id: int, state: UploadState, *, problem: str = "", summary: str | None = None) -> None:
    db.session.rollback()
    values: dict[str, Any] = {"state": state.value, "problem": problem, "is_stopping": False}
    if summary is not None:
        values["summary"] = summary
    db.session.execute(update(UploadedExport).where(UploadedExport.id == upload_id).values(values))
    db.session.commit()
