"""API schemas of personal tokens."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from masthead.api_tokens.models import TOKEN_NAME_CHARACTERS, ApiToken
from masthead.api_tokens.personal_tokens import MOST_DAYS, SCOPES
from masthead.web.api.schemas import ListAnswer, Made, Pattern, Schema, Text


def _known(scope: str) -> str:
    if scope not in SCOPES:
        raise ValueError("is no scope")
    return scope


#: A scope of personal tokens.
Scope = Annotated[str, AfterValidator(_known), Pattern(f"^({'|'.join(SCOPES)})$")]


class TokenInput(Schema):
    """A personal token to make."""

    name: Text = Field(min_length=1, max_length=TOKEN_NAME_CHARACTERS, examples=["the build server"])
    scopes: list[Scope] = Field(min_length=1, max_length=len(SCOPES), examples=[["posts:read"]])
    days: int = Field(ge=1, le=MOST_DAYS, description="After so many days it ends.", examples=[30])


class TokenAnswer(Schema):
    """A personal token, without the token itself."""

    id: int = Field(examples=[4])
    name: str = Field(examples=["the build server"])
    scopes: list[str] = Field(examples=[["posts:read"]])
    created_at: Made
    expires_at: datetime = Field(examples=["2026-12-20T16:05:00Z"])
    last_used_at: datetime | None = Field(examples=[None])

    @classmethod
    def of(cls, token: ApiToken) -> "TokenAnswer":
        """Make the answer from the row."""
        return cls(**{name: getattr(token, name) for name in TokenAnswer.model_fields})


class NewToken(TokenAnswer):
    """A token that has just been made, with the token itself, this once."""

    token: str = Field(examples=["masthead_pat_…"])


class PersonalTokens(ListAnswer):
    """Your personal tokens, the newest first."""

    tokens: list[TokenAnswer]
