"""Uploaded exports, with the state and the report of their import."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier

NAME_CHARACTERS = 200


class UploadState(StrEnum):
    """The state of an uploaded export."""

    #: A dry run waits or runs.
    CHECKING = "checking"
    #: The dry run has ended; nothing is imported yet.
    CHECKED = "checked"
    IMPORTING = "importing"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


#: While one of these, a job works on the upload.
RUNNING = frozenset({UploadState.CHECKING, UploadState.IMPORTING})


class UploadedExport(Base):
    """An export that somebody has uploaded. Its files lie in the folder `imports` of MASTHEAD_HOME."""

    __tablename__ = "uploaded_export"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: The format, and the name of the file on the person's computer.
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS))
    state: Mapped[str] = mapped_column(String(20))
    is_fetching: Mapped[bool] = mapped_column(default=True)
    #: The job ends after the present batch.
    is_stopping: Mapped[bool] = mapped_column(default=False)
    #: The job of the last dry run or import. Jobs are forgotten after a while, so this is no foreign key.
    job_id: Mapped[int | None] = mapped_column(Identifier)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    #: The sentence that says why the import has ended.
    problem: Mapped[str] = mapped_column(default="")
    #: The summary of the last report, as JSON; the whole report is a file.
    summary: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
