"""The declarative base of all models: constraint naming, type annotations and timestamp columns."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from masthead import clock
from masthead.db.types import UTCDateTime

#: Constraint names that migrations can rely on, equal on both databases.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
#: SQLite autoincrements only columns declared INTEGER; PostgreSQL gets 64 bits.
Identifier = BigInteger().with_variant(Integer(), "sqlite")
#: Upper bound of ids: 18 digits. Both databases count further, to 2**63 - 1.
GREATEST_ID = 10**18 - 1


class Base(DeclarativeBase):
    """The base class of all models."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={datetime: UTCDateTime(), str: Text(), list[str]: JSON()},
    )


def _now() -> datetime:
    """Look the clock up at each call, so that tests can set it."""
    return clock.now()


class Timestamps:
    """Creation and modification times of a row."""

    created_at: Mapped[datetime] = mapped_column(default=_now)
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)
