"""Rows of pages for the administration."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from masthead.pages.links import page_url
from masthead.pages.models import Page, PageStatus

LABELS: dict[PageStatus, str] = {
    PageStatus.PUBLISHED: "Published",
    PageStatus.DRAFT: "Draft",
    PageStatus.TRASHED: "In the trash",
}


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row of the list of pages."""

    id: int
    title: str
    url: str
    #: None in the trash, where a page cannot be edited.
    edit_url: str | None
    status: PageStatus
    label: str
    updated_at: datetime


def row(page: Page) -> PageRow:
    """Return the row of a page."""
    status = page.status
    return PageRow(
        id=page.id,
        title=page.title,
        url=page_url(page),
        edit_url=None if status is PageStatus.TRASHED else url_for("pages_admin.edit", page_id=page.id),
        status=status,
        label=LABELS[status],
        updated_at=page.updated_at,
    )
