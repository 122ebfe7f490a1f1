"""Pages and every slug they ever had."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from masthead import pagecache
from masthead.content.models import Content, ContentSlug
from masthead.db import Base
from masthead.media import usage as media_usage
from masthead.pages.cache_topics import PAGE, PAGES


class PageStatus(StrEnum):
    """The status of a page."""

    DRAFT = "draft"
    PUBLISHED = "published"
    TRASHED = "trashed"


class Page(Content, Base):
    """A standalone text outside the stream of posts."""

    __tablename__ = "page"

    KIND = "page"

    is_public: Mapped[bool] = mapped_column(default=False)
    #: The time of the move to the trash. A page in the trash is never public.
    trashed_at: Mapped[datetime | None]

    @property
    def status(self) -> PageStatus:
        """The status, derived from the dates."""
        if self.trashed_at is not None:
            return PageStatus.TRASHED
        return PageStatus.PUBLISHED if self.is_public else PageStatus.DRAFT


class PageSlug(ContentSlug, Base):
    """A present or former slug of a page."""

    __tablename__ = "page_slug"
    __table_args__ = (Index("ix_page_slug_page_id", "page_id"),)

    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))


def _is_known_to_readers(page: Page) -> bool:
    return page.is_public or bool(pagecache.previous(page, "is_public"))


media_usage.watch(Page, "page", ["html"], public_by="is_public", is_public=lambda page: page.is_public)
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
