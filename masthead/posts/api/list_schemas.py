"""The API shapes of the list of posts: its filters, its order and its pages."""

from typing import Annotated, Literal

from pydantic import Field

from masthead.posts.api.schemas import PostAnswer, PostItem
from masthead.posts.lifecycle import State
from masthead.web.api.paging import CURSOR_CHARACTERS
from masthead.web.api.schemas import ListAnswer, Moment, PageQuery, Pattern, Schema, Text


def _names_of(shape: type[Schema]) -> str:
    """Return the valid values of ``fields``: names of members, separated by commas."""
    name = f"({'|'.join(shape.model_fields)})"
    return f"^{name}(,{name})*$"


class Fields(Schema):
    """The members of the answer."""

    fields: Annotated[Text, Pattern(_names_of(PostAnswer))] | None = Field(
        default=None,
        max_length=600,
        description="Names of members, separated by commas.",
        examples=["slug,title"],
    )


class PostsQuery(PageQuery, Fields):
    """The filters and the order of the list of posts."""

    fields: Annotated[Text, Pattern(_names_of(PostItem))] | None = Field(
        default=None,
        max_length=600,
        description="Names of members, separated by commas.",
        examples=["slug,title"],
    )
    cursor: Text | None = Field(
        default=None,
        max_length=CURSOR_CHARACTERS,
        description="The `next_cursor` of the answer before.",
        examples=["WyIyMDI2LTExLTIxVDA5OjMwOjAwKzAwOjAwIiwgMV0"],
    )
    author: Text | None = Field(
        default=None, max_length=60, description="The user name of somebody named above it.", examples=["ada"]
    )
    tag: Text | None = Field(
        default=None, max_length=200, description="The slug of a tag.", examples=["outdoors"]
    )
    status: State | None = Field(
        default=None,
        description="Published ones, if nothing is said; others only as far as you may edit them.",
        examples=["published"],
    )
    published_after: Moment | None = Field(default=None, description="Published later than this.")
    published_before: Moment | None = Field(
        default=None, description="Published earlier than this.", examples=["2026-12-01T00:00:00Z"]
    )
    sort: Literal["-published_at", "published_at", "-updated_at", "updated_at", "-views", "title"] = Field(
        default="-published_at",
        description="The order; `-` is the greatest, or the latest, first.",
        examples=["-published_at"],
    )

    @property
    def asks_for_all(self) -> bool:
        """True if no filter limits the published posts."""
        return self.author is None and self.tag is None and self.asks_for_any_time

    @property
    def asks_for_any_time(self) -> bool:
        """True if the filters set no period, other than that posts are published."""
        is_bounded = self.published_after is not None or self.published_before is not None
        return not is_bounded and self.status in {None, State.PUBLISHED}


class Posts(ListAnswer):
    """A page of posts."""

    posts: list[PostItem]
