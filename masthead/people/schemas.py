"""API schemas of profiles and accounts."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from masthead.people import notifications
from masthead.people.models import BIO_CHARACTERS, NAME_CHARACTERS, WEBSITE_CHARACTERS, User
from masthead.people.notifications import Notification
from masthead.web.api.paging import address
from masthead.web.api.schemas import Made, Pattern, Schema, Text, TimeZoneOrNone

#: Empty, or a URL without characters that could end an HTML attribute. The profile form uses the validator of WTForms,
#: which has no pattern for the API document.
_WEBSITE = r"""^(https?://[^\s"'<>\\/?#@]+([/?#][^\s"'<>\\]*)?)?$"""


def _website(text: str) -> str:
    if not re.fullmatch(_WEBSITE, text):
        raise ValueError("is not the address of a website; it begins with https:// or http://")
    return text


Website = Annotated[Text, AfterValidator(_website), Pattern(_WEBSITE)]


class Profile(Schema):
    """The public profile of a person."""

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
    """An account, as its owner and administrators see it."""

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


class ProfileChange(Schema):
    """Changes of one's own profile. Omitted fields stay as they are."""

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
