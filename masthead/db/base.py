"""The base of all models: naming of constraints, types by annotation, and the columns that tell when."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from masthead import clock
from masthead.db.types import UTCDateTime

#: Names that migrations can rely on, the same on both databases.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
#: SQLite numbers its rows only in a column declared INTEGER; PostgreSQL gets 64 bits.
Identifier = BigInteger().with_variant(Integer(), "sqlite")
#: No row has a greater id. Both databases count further, to 2**63 - 1; this is as far as numbers of 18 digits go.
GREATEST_ID = 10**18 - 1


class Base(DeclarativeBase):
    """Every model of Masthead."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={datetime: UTCDateTime(), str: Text(), list[str]: JSON()},
    )


def _now() -> datetime:
    """Looked up at each call, so that a test can set the clock."""
    return clock.now()


class Timestamps:
    """When a row was made and last changed."""

    created_at: Mapped[datetime] = mapped_column(default=_now)
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)
