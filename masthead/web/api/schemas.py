"""The shapes that belong to no feature."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from masthead.text.plain import is_storable

#: What both databases can hold as an id.
GREATEST_ID = 2**63 - 1


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("holds characters that cannot be stored")
    return text


#: A text without NUL and lone surrogates.
Text = Annotated[str, AfterValidator(_storable)]
Id = Annotated[int, Field(ge=1, le=GREATEST_ID)]


class Schema(BaseModel):
    """A shape that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such post."])
    request_id: str = Field(examples=["628eec64461fb8aa"])
    #: The wrong fields, each with what is wrong.
    errors: dict[str, list[str]] | None = None


class PageQuery(Schema):
    """Which part of a list: by number, or behind the last one's cursor."""

    page: int = Field(default=1, ge=1, le=999_999)
    per_page: int = Field(default=20, ge=1, le=100)


class ListAnswer(Schema):
    """What every list says beside its items; ``total`` and ``pages`` are null with a cursor."""

    total: int | None = Field(examples=[60])
    page: int | None = Field(examples=[1])
    per_page: int = Field(examples=[20])
    pages: int | None = Field(examples=[3])
    next_cursor: str | None = Field(default=None)
