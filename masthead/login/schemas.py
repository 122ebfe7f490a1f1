"""API schemas of signing in, registration and sessions."""

from datetime import datetime

from pydantic import Field

from masthead.login.models import LoginSession
from masthead.people.models import EMAIL_CHARACTERS
from masthead.people.schemas import Account
from masthead.web.api.schemas import ListAnswer, Made, Schema, Text


class Credentials(Schema):
    """An email address, a password and, for accounts with two-factor authentication, a code."""

    email: Text = Field(min_length=3, max_length=EMAIL_CHARACTERS, examples=["ada@example.com"])
    password: Text = Field(min_length=1, max_length=1_024, examples=["correct horse battery"])
    otp: Text | None = Field(
        default=None,
        min_length=6,
        max_length=40,
        description="A two-factor code, for accounts with two-factor authentication.",
        examples=["492039"],
    )


class Registration(Schema):
    """A new account."""

    username: Text = Field(min_length=3, max_length=30, examples=["ada"])
    email: Text = Field(min_length=3, max_length=EMAIL_CHARACTERS, examples=["ada@example.com"])
    password: Text = Field(min_length=8, max_length=1_024, examples=["correct horse battery"])


class Registered(Schema):
    """The answer to a registration, equal for new and known email addresses."""

    detail: str = Field(examples=["If the address is new here, the account is created. You can sign in now."])


class SignedIn(Schema):
    """The tokens of a client."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…"])
    refresh_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…"])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds for which the access token is valid.", examples=[3600])
    user: Account


class SessionAnswer(Schema):
    """A browser in which you are signed in."""

    id: int = Field(examples=[12])
    device: str = Field(examples=["Firefox on Linux"])
    address: str = Field(description="Its network.", examples=["203.0.113.0/24"])
    created_at: Made
    last_used_at: datetime = Field(examples=["2026-11-21T09:30:00Z"])
    expires_at: datetime = Field(examples=["2026-12-21T09:30:00Z"])

    @classmethod
    def of(cls, login: LoginSession) -> "SessionAnswer":
        """The sign-in."""
        return cls(**{name: getattr(login, name) for name in SessionAnswer.model_fields})


class Sessions(ListAnswer):
    """Your sign-ins, the last used first."""

    sessions: list[SessionAnswer]


class SigningOut(Schema):
    """Options for signing out everywhere."""

    end_tokens: bool = Field(
        default=False, description="Whether your personal tokens end, too.", examples=[True]
    )
