"""The columns that posts and pages share, and those of their slugs."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from masthead.content.rendering import SLUG_CHARACTERS, TITLE_CHARACTERS
from masthead.db import Identifier, Timestamps


class Content(Timestamps):
    """A text with a title, a slug and a version."""

    #: The word for a row in messages.
    KIND: ClassVar[str]

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS))
    slug: Mapped[str] = mapped_column(String(SLUG_CHARACTERS), unique=True)
    summary: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    html: Mapped[str]
    #: The headings: level, id, text.
    toc: Mapped[list[Any]] = mapped_column(JSON)
    #: Set by every change of content or status; not by counters, so that feeds and site maps can rely on it.
    updated_at: Mapped[datetime] = mapped_column()
    #: Incremented by every change of content or status, not by counters.
    version: Mapped[int] = mapped_column(default=1)

    # An update of a row that somebody else changed meanwhile fails instead of overwriting it.
    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class ContentSlug:
    """A slug that a text has or had: the present one, and those that redirect with 301.

    Subclasses have the key of the text, which is empty only inside the transaction that creates it: the slug is claimed
    before there is a row.
    """

    slug: Mapped[str] = mapped_column(String(SLUG_CHARACTERS), primary_key=True)
