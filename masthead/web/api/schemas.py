"""API schemas that belong to no feature."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from masthead import time_zones
from masthead.db import GREATEST_ID
from masthead.text.plain import is_storable

#: RFC 3339, section 5.6. Pydantic would read a bare number as seconds since 1970.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Pattern:
    """Documents the pattern that a validator of ours enforces."""

    expression: str

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the pattern to the JSON Schema."""
        return handler(schema) | {"pattern": self.expression}


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("holds characters that cannot be stored")
    return text


def _written_out(value: object) -> object:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("should look like 2026-11-21T09:30:00Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is no moment of the calendar") from None


def _in_the_calendar(moment: datetime) -> datetime:
    try:
        # Normalised to UTC, so that this response shows the timestamp in the form of every later one.
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie between the years 1 and 9999 in UTC") from None


def _in_digits(value: object) -> object:
    """Accept an integer query parameter only in plain digits; "1.0" and " 1" are refused."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("should be a whole number")
    return value


#: An integer in the query string.
Count = Annotated[int, BeforeValidator(_in_digits)]
#: A timestamp with a UTC offset.
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(_in_the_calendar),
    Pattern(r"^(?!0000)\d{4}-"),
    Field(examples=["2026-11-21T09:30:00Z"]),
]
#: Creation and modification times, in responses.
Made = Annotated[datetime, Field(description="When it was created.", examples=["2026-11-20T16:05:00Z"])]
Changed = Annotated[datetime, Field(description="When it was changed.", examples=["2026-11-21T09:30:00Z"])]
#: A text without NUL and lone surrogates.
Text = Annotated[str, AfterValidator(_storable), Pattern(r"^[^\x00]*$")]
#: An IANA time zone name; the second type also accepts an empty one.
TimeZone = Annotated[
    Text,
    AfterValidator(time_zones.canonical),
    Pattern(r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"),
    Field(max_length=time_zones.NAME_CHARACTERS, examples=["Europe/Berlin"]),
]
TimeZoneOrNone = Annotated[
    Text,
    AfterValidator(lambda name: name and time_zones.canonical(name)),
    Pattern(r"^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$"),
    Field(max_length=time_zones.NAME_CHARACTERS, examples=["Europe/Berlin"]),
]
Id = Annotated[int, Field(ge=1, le=GREATEST_ID)]


class Schema(BaseModel):
    """A shape that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Schema):
    """Problem details (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such post."])
    request_id: str = Field(examples=["628eec64461fb8aa"])
    errors: dict[str, list[str]] | None = Field(
        default=None,
        description="For 422: the wrong fields, by their path, each with what is wrong.",
        examples=[{"title": ["Write at most 300 characters."]}],
    )


class PageQuery(Schema):
    """Which part of a list: by number, or behind the last one's cursor."""

    page: Count = Field(
        default=1,
        ge=1,
        le=999_999,
        description="Page number. A page beyond the last one answers 404.",
        examples=[1],
    )
    per_page: Count = Field(default=20, ge=1, le=100, description="Items per page.", examples=[20])


class ListAnswer(Schema):
    """Members of every list beside its items; ``total`` and ``pages`` are null with a cursor."""

    total: int | None = Field(description="Total number of items.", examples=[1])
    page: int | None = Field(description="Page number.", examples=[1])
    per_page: Count = Field(description="Items per page.", examples=[20])
    pages: int | None = Field(description="How many parts there are.", examples=[1])
    next_cursor: str | None = Field(
        default=None, description="For `cursor`, where the list has one; null at its end.", examples=[None]
    )
