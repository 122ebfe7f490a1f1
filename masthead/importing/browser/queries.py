"""Queries on uploaded exports."""

from collections.abc import Iterable

from sqlalchemy import select

from masthead.db import db
from masthead.importing.browser.models import RUNNING, UploadedExport, UploadState
from masthead.jobs import outbox


def abandoned(uploads: Iterable[UploadedExport]) -> frozenset[int]:
    """The ids of those uploads that run no more although they say so: their job was cancelled, or died each time."""
    jobs = {one.id: one.job_id for one in uploads if one.state in RUNNING}
    alive = outbox.unfinished(jobs.values())
    return frozenset(upload_id for upload_id, job_id in jobs.items() if job_id not in alive)


def importing() -> list[UploadedExport]:
    """The uploads that are being imported, or say so."""
    statement = select(UploadedExport).where(UploadedExport.state == UploadState.IMPORTING)
    return list(db.session.scalars(statement))
