"""Redirects."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead import pagecache
from masthead.db import Base, Identifier, Timestamps
from masthead.redirects.cache_topics import REDIRECTS

PATH_CHARACTERS = 1_000


class Target(StrEnum):
    """The kinds of targets of a redirect."""

    POST = "post"
    PAGE = "page"
    TAG = "tag"
    AUTHOR = "author"
    URL = "url"


class Redirect(Timestamps, Base):
    """An old path and its target.

    The target is a row, not a URL, so that one hop reaches it however often its URL changes.
    """

    __tablename__ = "redirect"
    __table_args__ = (CheckConstraint("(kind = 'url') = (target_id IS NULL)", name="one_target"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: Without a trailing slash; see `masthead.redirects.queries.normal_path`.
    path: Mapped[str] = mapped_column(String(PATH_CHARACTERS), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int | None] = mapped_column(Identifier)
    target_url: Mapped[str | None]


pagecache.watch(
    Redirect,
    pagecache.rule(["path", "kind", "target_id", "target_url"], lambda _: [REDIRECTS]),
    rows=REDIRECTS,
    statements=[REDIRECTS],
)
