"""The API shapes of tags."""

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
        """Return the shape of a tag."""
        return cls(
            id=tag.id,
            name=tag.name,
            slug=tag.slug,
            description=tag.description,
            url=address(f"/blog/tag/{tag.slug}"),
        )


class TagInput(Schema):
    """A tag as an editor submits it."""

    name: Text = Field(min_length=1, max_length=NAME_CHARACTERS, examples=["Outdoors"])
    description: Text = Field(
        default="", max_length=DESCRIPTION_CHARACTERS, examples=["Everything under the sky."]
    )


class TagChange(Schema):
    """A change of a tag; omitted members stay. The address always stays."""

    name: Text | None = Field(default=None, min_length=1, max_length=NAME_CHARACTERS, examples=["Outdoors"])
    description: Text | None = Field(
        default=None, max_length=DESCRIPTION_CHARACTERS, examples=["Everything under the sky."]
    )


class TagMerge(Schema):
    """The tag that replaces this one."""

    into: Text = Field(
        min_length=1,
        max_length=80,
        description="The slug of the tag that stays, or its name.",
        examples=["nature"],
    )


class Tags(ListAnswer):
    """A page of tags, by name."""

    tags: list[TagAnswer]


class TagsQuery(PageQuery):
    """The filter of the list of tags."""
