"""The shapes of pages in the API."""

from datetime import datetime
from typing import Any

from pydantic import Field

from masthead.pages.links import page_url
from masthead.pages.models import Page
from masthead.posts.schemas import Body, Slug, Summary, Title
from masthead.web.api.paging import address
from masthead.web.api.schemas import ListAnswer, Schema


class PageItem(Schema):
    """A page as it stands in lists, without its text."""

    id: int = Field(examples=[2])
    slug: str = Field(examples=["about"])
    title: str = Field(examples=["About us"])
    summary: str
    is_public: bool
    created_at: datetime
    updated_at: datetime
    version: int
    url: str

    @classmethod
    def values_of(cls, page: Page) -> dict[str, Any]:
        """The values of the fields."""
        names = PageItem.model_fields.keys() - {"url"}
        return {name: getattr(page, name) for name in names} | {"url": address(page_url(page))}

    @classmethod
    def of(cls, page: Page) -> "PageItem":
        """The item of a page."""
        return cls(**cls.values_of(page))


class PageAnswer(PageItem):
    """A whole page."""

    body: str = Field(description="Markdown, as it was written.")
    html: str = Field(description="The text, sanitised.")

    @classmethod
    def of(cls, page: Page) -> "PageAnswer":
        """The page."""
        return cls(**cls.values_of(page), body=page.body, html=page.html)


class Pages(ListAnswer):
    """Some of the pages, by title. `pages` is how many parts the list has, as everywhere."""

    items: list[PageItem]


class PageInput(Schema):
    """A page as somebody writes it."""

    title: Title
    body: Body
    summary: Summary = ""
    slug: Slug | None = None
    is_public: bool = False


class PageChange(Schema):
    """What changes of a page; what is left out stays."""

    title: Title | None = None
    body: Body | None = None
    summary: Summary | None = None
    slug: Slug | None = None
    is_public: bool | None = None
