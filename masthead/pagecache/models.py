"""The change log, from which every process learns which of its pages are out of date."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier


class CacheChange(Base):
    """The topics that one transaction invalidated, written by that transaction."""

    __tablename__ = "change"
    # Without AUTOINCREMENT, SQLite reuses the id of a deleted last row.
    __table_args__ = (
        Index("ix_change_at", "at"),
        Index("ix_change_xid", "xid"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: Random: distinguishes a row from one with the same id after the restore of a backup.
    mark: Mapped[str] = mapped_column(String(16))
    #: One topic for each line.
    topics: Mapped[str]
    #: The transaction id (PostgreSQL): rows become visible in another order than that of their ids.
    xid: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
