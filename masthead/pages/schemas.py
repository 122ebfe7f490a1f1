"""The API shapes of pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from masthead.content.schemas import Body, Slug, Summary, Title
from masthead.pages.links import page_url
from masthead.pages.models import Page, PageStatus
from masthead.web.api.paging import address
from masthead.web.api.schemas import Changed, ListAnswer, Made, PageQuery, Schema


class PageItem(Schema):
    """A page in lists, without its text."""

    id: int = Field(examples=[2])
    slug: str = Field(examples=["about"])
    title: str = Field(examples=["About us"])
    summary: str = Field(examples=["Who we are."])
    is_public: bool = Field(examples=[True])
    status: PageStatus = Field(examples=["published"])
    trashed_at: datetime | None = Field(description="Since when it is in the trash.", examples=[None])
    created_at: Made
    updated_at: Changed
    version: int = Field(description="Its ETag.", examples=[3])
    url: str = Field(examples=["https://magazine.example/about"])

    @classmethod
    def values_of(cls, page: Page) -> dict[str, Any]:
        """Return the values of the fields."""
        names = PageItem.model_fields.keys() - {"url"}
        return {name: getattr(page, name) for name in names} | {"url": address(page_url(page))}

    @classmethod
    def of(cls, page: Page) -> "PageItem":
        """Return the item of a page."""
        return cls(**cls.values_of(page))


class PageAnswer(PageItem):
    """A page with its text."""

    body: str = Field(description="Markdown, as it was written.", examples=["We are *four* people."])
    html: str = Field(description="The text, sanitised.", examples=["<p>We are <em>four</em> people.</p>\n"])

    warnings: list[str] = Field(
        default_factory=list,
        description="What its writer should know: elements that were left out, and pictures of other sites without a copy.",
        examples=[["<iframe> is left out: a text cannot hold it. Link to what it shows instead."]],
    )

    @classmethod
    def whole(cls, page: Page, warnings: Sequence[str] = ()) -> "PageAnswer":
        """Return the answer for a page."""
        return cls(**cls.values_of(page), body=page.body, html=page.html, warnings=list(warnings))


class Pages(ListAnswer):
    """A part of the list of pages, by title. `pages` is the number of parts, as in every list."""

    items: list[PageItem]


class PagesQuery(PageQuery):
    """The filters of the list of pages."""

    status: PageStatus | None = Field(
        default=None,
        description="Those of a status; `draft` and `trashed` are for those who write pages.",
        examples=["published"],
    )


class PageDeletion(Schema):
    """The way in which a page is deleted."""

    purge: bool = Field(
        default=False, description="Delete a page that is in the trash permanently.", examples=[False]
    )


class PageInput(Schema):
    """A page as its author submits it."""

    title: Title = Field(examples=["About us"])
    body: Body = Field(examples=["We are *four* people."])
    summary: Summary = Field(default="", examples=["Who we are."])
    slug: Slug | None = Field(default=None, examples=["about"])
    is_public: bool = Field(default=False, examples=[True])


class PageChange(Schema):
    """A change of a page; omitted members stay."""

    title: Title | None = Field(default=None, examples=["About us"])
    body: Body | None = Field(default=None, examples=["We are *four* people."])
    summary: Summary | None = Field(default=None, examples=["Who we are."])
    slug: Slug | None = Field(default=None, examples=["about"])
    is_public: bool | None = Field(default=None, examples=[True])
