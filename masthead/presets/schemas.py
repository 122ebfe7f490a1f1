"""The API shapes of post templates and snippets."""

from typing import Annotated

from pydantic import Field

from masthead.content.rendering import TITLE_CHARACTERS
from masthead.presets.models import (
    NAME_CHARACTERS,
    SNIPPET_CHARACTERS,
    TEMPLATE_CHARACTERS,
    PostTemplate,
    Snippet,
)
from masthead.tags.models import NAME_CHARACTERS as TAG_NAME_CHARACTERS
from masthead.tags.models import TAGS_LIMIT
from masthead.web.api.schemas import Changed, ListAnswer, Made, PageQuery, Schema, Text

PresetName = Annotated[Text, Field(min_length=1, max_length=NAME_CHARACTERS, examples=["Recipe"])]
TemplateTitle = Annotated[Text, Field(max_length=TITLE_CHARACTERS, examples=["Recipe: "])]
TemplateBody = Annotated[Text, Field(max_length=TEMPLATE_CHARACTERS, examples=["## Ingredients\n\n- "])]
TemplateTag = Annotated[Text, Field(min_length=1, max_length=TAG_NAME_CHARACTERS, examples=["Outdoors"])]
TemplateTags = Annotated[list[TemplateTag], Field(max_length=TAGS_LIMIT)]
SnippetBody = Annotated[
    Text, Field(min_length=1, max_length=SNIPPET_CHARACTERS, examples=["*The author lives by the river.*"])
]


class TemplateInput(Schema):
    """A post template as an editor submits it."""

    name: PresetName
    title: TemplateTitle = ""
    body: TemplateBody = ""
    tags: TemplateTags = Field(default_factory=list)


class TemplateChange(Schema):
    """A change of a post template; omitted members stay."""

    name: PresetName | None = None
    title: TemplateTitle | None = None
    body: TemplateBody | None = None
    tags: TemplateTags | None = None


class TemplateAnswer(Schema):
    """A post template."""

    id: int = Field(examples=[2])
    name: str = Field(examples=["Recipe"])
    title: str = Field(examples=["Recipe: "])
    body: str = Field(examples=["## Ingredients\n\n- "])
    tags: list[str] = Field(description="The names of the tags.", examples=[["Outdoors"]])
    version: int = Field(description="Its ETag.", examples=[3])
    created_at: Made
    updated_at: Changed

    @classmethod
    def of(cls, template: PostTemplate) -> "TemplateAnswer":
        """Return the shape of a post template."""
        return cls.model_construct(**{name: getattr(template, name) for name in cls.model_fields})


class Templates(ListAnswer):
    """A page of post templates, by name."""

    templates: list[TemplateAnswer]


class SnippetInput(Schema):
    """A snippet as an editor submits it."""

    name: PresetName
    body: SnippetBody


class SnippetChange(Schema):
    """A change of a snippet; omitted members stay."""

    name: PresetName | None = None
    body: SnippetBody | None = None


class SnippetAnswer(Schema):
    """A snippet."""

    id: int = Field(examples=[2])
    name: str = Field(examples=["About the author"])
    body: str = Field(examples=["*The author lives by the river.*"])
    version: int = Field(description="Its ETag.", examples=[3])
    created_at: Made
    updated_at: Changed

    @classmethod
    def of(cls, snippet: Snippet) -> "SnippetAnswer":
        """Return the shape of a snippet."""
        return cls.model_construct(**{name: getattr(snippet, name) for name in cls.model_fields})


class Snippets(ListAnswer):
    """A page of snippets, by name."""

    snippets: list[SnippetAnswer]


class PresetsQuery(PageQuery):
    """The filter of both lists."""

    q: Text | None = Field(
        default=None,
        max_length=200,
        description="A part of the name or of the content.",
        examples=["recipe"],
    )
