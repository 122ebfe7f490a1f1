"""One row for each setting."""

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead import pagecache
from masthead.db import Base


class Setting(Base):
    """A named value; what names mean stands in `masthead.settings.publication`."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


pagecache.watch(Setting, row=None, rows="settings", columns=["value"])
