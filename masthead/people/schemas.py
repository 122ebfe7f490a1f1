"""The shapes of accounts in the API."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from masthead.api_tokens.personal_tokens import MOST_DAYS, SCOPES
from masthead.people import notifications
from masthead.people.models import (
    BIO_CHARACTERS,
    EMAIL_CHARACTERS,
    NAME_CHARACTERS,
    TOKEN_NAME_CHARACTERS,
    WEBSITE_CHARACTERS,
    ApiToken,
    LoginSession,
    User,
)
from masthead.people.notifications import Notification
from masthead.web.api.paging import address
from masthead.web.api.schemas import ListAnswer, Made, Pattern, Schema, Text, TimeZoneOrNone


def _known(scope: str) -> str:
    if scope not in SCOPES:
        raise ValueError("is no scope")
    return scope


#: What a personal token can allow.
Scope = Annotated[str, AfterValidator(_known), Pattern(f"^({'|'.join(SCOPES)})$")]


#: Empty, or an address without anything that could leave the attribute of HTML that it is written into. The form for
#: people asks WTForms, which knows no pattern that a document could show.
_WEBSITE = r"""^(https?://[^\s"'<>\\/?#@]+([/?#][^\s"'<>\\]*)?)?$"""


def _website(text: str) -> str:
    if not re.fullmatch(_WEBSITE, text):
        raise ValueError("is not the address of a website; it begins with https:// or http://")
    return text


Website = Annotated[Text, AfterValidator(_website), Pattern(_WEBSITE)]


class Credentials(Schema):
    """An address, a password and, for accounts that have one, a code of the second factor."""

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
    """The same for addresses that had an account and for those that had none."""

    detail: str = Field(examples=["If the address is new here, the account is created. You can sign in now."])


class Profile(Schema):
    """What everybody may know of somebody."""

    id: int = Field(examples=[1])
    username: str = Field(examples=["ada"])
    name: str = Field(examples=["Ada Lovelace"])
    bio: str = Field(examples=["Writes about rivers."])
    website: str = Field(examples=["https://ada.example"])
    avatar: str | None = Field(description="The portrait.", examples=["/media/ab/cd.jpg"])
    url: str = Field(examples=["https://magazine.example/blog/author/ada"])

    @classmethod
    def of(cls, user: User) -> "Profile":
        """The public profile of an account."""
        return cls(
            id=user.id,
            username=user.username,
            name=user.display_name,
            bio=user.bio,
            website=user.website,
            avatar=user.avatar,
            url=address(f"/blog/author/{user.username}"),
        )


class Account(Profile):
    """What somebody, and those who administer accounts, may know."""

    email: str | None = Field(examples=["ada@example.com"])
    role: str = Field(examples=["author"])
    time_zone: str = Field(
        description="The IANA name of the zone in which the person works; empty for the publication's.",
        examples=["Europe/Berlin"],
    )
    permissions: list[str] = Field(
        description="What the role allows.",
        examples=[["comments.write", "media.upload", "posts.publish", "posts.write"]],
    )
    is_active: bool = Field(description="Whether it can sign in.", examples=[True])
    confirmed_at: datetime | None = Field(
        description="When its address was confirmed.", examples=["2026-11-20T16:07:00Z"]
    )
    emails: dict[Notification, bool] = Field(
        description="The kinds of email that it can get, and whether they are wanted.",
        examples=[{"comment_reply": True, "comment_on_post": False}],
    )
    created_at: Made

    @classmethod
    def of(cls, user: User) -> "Account":
        """The whole account."""
        return cls(
            **Profile.of(user).model_dump(),
            email=user.email,
            role=user.role.name,
            time_zone=user.time_zone,
            permissions=sorted(user.role.granted),
            is_active=user.is_active,
            confirmed_at=user.confirmed_at,
            emails=notifications.choices_of(user),
            created_at=user.created_at,
        )


class SignedIn(Schema):
    """The tokens of a client."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…"])
    refresh_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…"])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds for which the access token is valid.", examples=[3600])
    user: Account


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
        """What can be said of a token."""
        return cls(**{name: getattr(token, name) for name in TokenAnswer.model_fields})


class NewToken(TokenAnswer):
    """A token that has just been made, with the token itself, this once."""

    token: str = Field(examples=["masthead_pat_…"])


class PersonalTokens(ListAnswer):
    """Your personal tokens, the newest first."""

    tokens: list[TokenAnswer]


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
    """How far signing out everywhere goes."""

    end_tokens: bool = Field(
        default=False, description="Whether your personal tokens end, too.", examples=[True]
    )


class ProfileChange(Schema):
    """What somebody changes of their own profile; what is left out stays."""

    name: Text | None = Field(default=None, max_length=NAME_CHARACTERS, examples=["Ada Lovelace"])
    bio: Text | None = Field(default=None, max_length=BIO_CHARACTERS, examples=["Writes about rivers."])
    website: Website | None = Field(
        default=None,
        max_length=WEBSITE_CHARACTERS,
        description="It begins with https:// or http://; an empty one removes it.",
        examples=["https://ada.example"],
    )
    time_zone: TimeZoneOrNone | None = Field(
        default=None,
        description="The IANA name of the zone in which the person works; an empty one means the publication's.",
        examples=["Europe/Berlin"],
    )
    emails: dict[Notification, bool] | None = Field(
        default=None,
        description="Which kinds of email are wanted; kinds that are left out stay as they are.",
        examples=[{"comment_on_post": False}],
    )
    avatar: Text | None = Field(
        default=None,
        max_length=WEBSITE_CHARACTERS,
        description="A picture of this site; null or an empty address removes it.",
        examples=["/media/ab/cd.jpg"],
    )
