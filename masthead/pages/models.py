"""Pages and every slug they ever had."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from masthead import pagecache
from masthead.db import Base, Identifier, Timestamps
from masthead.pages.cache_topics import PAGE, PAGES


class PageStatus(StrEnum):
    """The status of a page."""

    DRAFT = "draft"
    PUBLISHED = "published"
    TRASHED = "trashed"


class Page(Timestamps, Base):
    """A standalone text outside the stream of posts."""

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    summary: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    html: Mapped[str]
    toc: Mapped[list[Any]] = mapped_column(JSON)
    is_public: Mapped[bool] = mapped_column(default=False)
    #: The time of the move to the trash. A page in the trash is never public.
    trashed_at: Mapped[datetime | None]
    #: Every action sets it; the site map relies on it.
    updated_at: Mapped[datetime] = mapped_column()
    #: Incremented by every change.
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @property
    def status(self) -> PageStatus:
        """The status, derived from the dates."""
        if self.trashed_at is not None:
            return PageStatus.TRASHED
        return PageStatus.PUBLISHED if self.is_public else PageStatus.DRAFT


class PageSlug(Base):
    """A present or former slug of a page."""

    __tablename__ = "page_slug"
    __table_args__ = (Index("ix_page_slug_page_id", "page_id"),)

    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))


def _is_known_to_readers(page: Page) -> bool:
    return page.is_public or bool(pagecache.previous(page, "is_public"))


pagecache.watch(
    Page,
    pagecache.rule(
        ["title", "slug", "summary", "html", "is_public", "trashed_at", "updated_at"],
        lambda page: [PAGE(page.id), PAGES] if _is_known_to_readers(page) else [],
    ),
    row=PAGE,
    rows=PAGES,
    statements=[PAGES, PAGE.every],
)
