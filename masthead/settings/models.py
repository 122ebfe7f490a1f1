"""One row for each setting."""

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead import pagecache
from masthead.db import Base
from masthead.settings.cache_topics import SETTINGS
from masthead.settings.publication import NAMES


class Setting(Base):
    """A named value; `masthead.settings.publication` defines the names."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


pagecache.watch(
    Setting,
    pagecache.rule(["value"], lambda setting: [SETTINGS] if setting.key in NAMES else []),
    rows=SETTINGS,
    statements=[SETTINGS],
)
