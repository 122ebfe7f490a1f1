"""INSERT with ON CONFLICT: both databases have it, the common language of SQLAlchemy has not."""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from masthead.db.base import Base


def insert_into(model: type[Base], dialect: Dialect) -> Any:
    """The statement in the words of a dialect, to which ``on_conflict_do_update`` or ``…_nothing`` can be said."""
    return (postgresql if dialect.name == "postgresql" else sqlite).insert(model)
