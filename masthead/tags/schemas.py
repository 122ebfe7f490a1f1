"""The shapes of tags in the API."""

from pydantic import Field

from masthead.tags.models import DESCRIPTION_CHARACTERS, NAME_CHARACTERS, Tag
from masthead.web.api.paging import address
from masthead.web.api.schemas import ListAnswer, PageQuery, Schema, Text


class TagAnswer(Schema):
    """A tag."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["Outdoors"])
    slug: str = Field(examples=["outdoors"])
    description: str = Field(examples=["Everything under the sky."])
    url: str = Field(examples=["https://magazine.example/blog/tag/outdoors"])

    @classmethod
    def of(cls, tag: Tag) -> "TagAnswer":
        """The tag."""
        return cls(
            id=tag.id,
            name=tag.name,
            slug=tag.slug,
            description=tag.description,
            url=address(f"/blog/tag/{tag.slug}"),
        )


class TagInput(Schema):
    """A tag as an editor makes it."""

    name: Text = Field(min_length=1, max_length=NAME_CHARACTERS, examples=["Outdoors"])
    description: Text = Field(
        default="", max_length=DESCRIPTION_CHARACTERS, examples=["Everything under the sky."]
    )


class TagChange(Schema):
    """What changes of a tag; what is left out stays. The address stays always."""

    name: Text | None = Field(default=None, min_length=1, max_length=NAME_CHARACTERS, examples=["Outdoors"])
    description: Text | None = Field(
        default=None, max_length=DESCRIPTION_CHARACTERS, examples=["Everything under the sky."]
    )


class TagMerge(Schema):
    """Which tag takes the place of this one."""

    into: Text = Field(
        min_length=1,
        max_length=80,
        description="The slug of the tag that stays, or its name.",
        examples=["nature"],
    )


class Tags(ListAnswer):
    """Some of the tags, in the order of their names."""

    tags: list[TagAnswer]


class TagsQuery(PageQuery):
    """Which tags."""
