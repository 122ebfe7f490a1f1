"""INSERT … ON CONFLICT, which both databases support and SQLAlchemy's generic dialect lacks."""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from masthead.db.base import Base


def insert_into(model: type[Base], dialect: Dialect) -> Any:
    """Build an INSERT of the dialect, with its ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return (postgresql if dialect.name == "postgresql" else sqlite).insert(model)
