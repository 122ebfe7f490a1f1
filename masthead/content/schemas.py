"""The fields that posts and pages have in common in the API."""

from typing import Annotated

from pydantic import Field

from masthead.content.rendering import BODY_CHARACTERS, SLUG_CHARACTERS, SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.web.api.schemas import Text

Title = Annotated[
    Text, Field(min_length=1, max_length=TITLE_CHARACTERS, examples=["The ferry that runs on a rope"])
]
Body = Annotated[
    Text,
    Field(max_length=BODY_CHARACTERS, description="Markdown.", examples=["There is *no engine* at Callow."]),
]
Summary = Annotated[
    Text, Field(max_length=SUMMARY_CHARACTERS, examples=["A crossing of ninety metres, a hundred years old."])
]
Slug = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=SLUG_CHARACTERS,
        description="How it is named in its address; from the title, if nothing is said.",
        examples=["the-ferry"],
    ),
]
