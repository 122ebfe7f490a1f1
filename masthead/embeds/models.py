"""Descriptions of pages on other sites."""

from datetime import datetime
from typing import Final

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from masthead import pagecache
from masthead.db import Base, Identifier
from masthead.embeds.cache_topics import EMBEDS
from masthead.media import usage as media_usage

TITLE_CHARACTERS: Final = 200
DESCRIPTION_CHARACTERS: Final = 300
SITE_CHARACTERS: Final = 100


class Embed(Base):
    """A page of another site as it described itself when it was fetched, or the reason why it has no card."""

    __tablename__ = "embed"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: SHA-256 of the URL, which can be longer than an index entry.
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str]
    #: Empty if there is no card.
    title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS), default="")
    description: Mapped[str] = mapped_column(String(DESCRIPTION_CHARACTERS), default="")
    site_name: Mapped[str] = mapped_column(String(SITE_CHARACTERS), default="")
    #: The URL of the copy of its picture here; empty if there is none.
    picture: Mapped[str] = mapped_column(default="")
    #: A sentence for the log; empty if there is a card.
    problem: Mapped[str] = mapped_column(String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime]


#: Columns that no page for readers shows.
UNSHOWN_COLUMNS: Final = frozenset({"id", "problem", "tries", "tried_at"})

pagecache.watch(
    Embed,
    pagecache.rule({column.key for column in Embed.__table__.columns} - UNSHOWN_COLUMNS, lambda _: [EMBEDS]),
    rows=EMBEDS,
    statements=[EMBEDS],
    # A row without a title shows nothing; its flush follows.
    inserts=[],
)
media_usage.watch(Embed, "embed", ["picture"])
