"""Exports that administrators have asked for."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier


class ExportFormat(StrEnum):
    """The form of an export."""

    ARCHIVE = "archive"
    MARKDOWN = "markdown"
    WORDPRESS = "wordpress"
    GHOST = "ghost"


class ExportState(StrEnum):
    """The state of an export."""

    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class RequestedExport(Base):
    """An export that somebody has asked for. Its file lies in the folder `exports` of MASTHEAD_HOME."""

    __tablename__ = "requested_export"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    #: The job that makes it. Jobs are forgotten after a while, so this is no foreign key.
    job_id: Mapped[int | None] = mapped_column(Identifier)
    #: Sentences about the result, one on each line.
    summary: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
