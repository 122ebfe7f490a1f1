"""Actions on exports."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from masthead import audit
from masthead.db import db
from masthead.errors import Conflict, NotAllowed, NotFound
from masthead.exporting.browser.models import ExportFormat, ExportState, RequestedExport
from masthead.jobs import outbox
from masthead.people.models import User
from masthead.people.permissions import Permission


def check_right(by: User) -> None:
    """Raise `NotAllowed` unless somebody may see every account and every setting, which an export has."""
    if not (by.can(Permission.MANAGE_SETTINGS) and by.can(Permission.MANAGE_USERS)):
        raise NotAllowed("An export has all accounts. Your role does not allow you to manage them.")


def create(kind: ExportFormat, *, by: User, at: datetime) -> RequestedExport:
    """Ask for an export; raises `Conflict` while one is being made."""
    check_right(by)
    working = db.session.scalars(
        select(RequestedExport).where(RequestedExport.state == ExportState.WORKING)
    ).all()
    if len(working) > len(abandoned(working)):
        raise Conflict("An export is being made. Wait until it is done.")
    made = RequestedExport(kind=kind.value, state=ExportState.WORKING.value, created_at=at, owner_id=by.id)
    db.session.add(made)
    db.session.flush()
    audit.record("export.requested", by=by, subject=kind.value)
    return made


def get(export_id: int, *, by: User) -> RequestedExport:
    """Return the export; raises `NotFound`."""
    check_right(by)
    found = db.session.get(RequestedExport, export_id)
    if found is None:
        raise NotFound("There is no such export.")
    return found


def remove(export: RequestedExport, *, by: User) -> None:
    """Delete an export; raises `Conflict` while it is being made."""
    check_right(by)
    if export.state == ExportState.WORKING and not abandoned([export]):
        raise Conflict("This export is being made. Wait until it is done.")
    db.session.delete(export)


def abandoned(exports: Iterable[RequestedExport]) -> frozenset[int]:
    """The ids of those exports that nobody makes any more: their job was cancelled, or died each time."""
    jobs = {one.id: one.job_id for one in exports if one.state == ExportState.WORKING}
    alive = outbox.unfinished(jobs.values())
    return frozenset(export_id for export_id, job_id in jobs.items() if job_id not in alive)
