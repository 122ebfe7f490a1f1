"""The API shapes of people: the public part of a person, with the number of published posts."""

from typing import Literal

from pydantic import Field, RootModel

from masthead.people.models import (
    BIO_CHARACTERS,
    EMAIL_CHARACTERS,
    NAME_CHARACTERS,
    ROLE_NAME_CHARACTERS,
    WEBSITE_CHARACTERS,
    User,
)
from masthead.people.permissions import READER
from masthead.people.schemas import Account, Profile, Website
from masthead.web.api.schemas import ListAnswer, Made, PageQuery, Schema, Text, TimeZoneOrNone


class Writer(Profile):
    """The public profile of a person."""

    created_at: Made
    post_count: int = Field(description="Published posts that credit them.", examples=[12])

    @classmethod
    def counted(cls, user: User, post_count: int) -> "Writer":
        """Return the public profile."""
        return cls(**Profile.of(user).model_dump(), created_at=user.created_at, post_count=post_count)


class Member(Account):
    """A whole account, for its owner and for those who administer accounts."""

    post_count: int = Field(description="Published posts that credit them.", examples=[12])

    @classmethod
    def counted(cls, user: User, post_count: int) -> "Member":
        """Return the whole account."""
        return cls(**Account.of(user).model_dump(), post_count=post_count)


class Person(RootModel[Member | Writer]):
    """An account for people who may see it, a profile for everybody else."""


class People(ListAnswer):
    """A page of people; whole accounts for people who administer them."""

    users: list[Member | Writer]


class PeopleQuery(PageQuery):
    """The filters of the list of people."""

    q: Text | None = Field(
        default=None, max_length=100, description="A part of a user name or an address.", examples=["ada"]
    )


class AccountInput(Schema):
    """A new account, made by an administrator."""

    username: Text = Field(min_length=3, max_length=30, examples=["grace"])
    email: Text = Field(min_length=3, max_length=EMAIL_CHARACTERS, examples=["grace@example.com"])
    password: Text = Field(min_length=8, max_length=1_024, examples=["correct horse battery"])
    role: Text = Field(default=READER, min_length=1, max_length=ROLE_NAME_CHARACTERS, examples=["author"])
    name: Text = Field(default="", max_length=NAME_CHARACTERS, examples=["Grace Hopper"])
    bio: Text = Field(default="", max_length=BIO_CHARACTERS, examples=["Writes about compilers."])
    website: Website = Field(default="", max_length=WEBSITE_CHARACTERS, examples=["https://grace.example"])


class AccountChange(Schema):
    """A change of an account by an administrator; omitted members stay."""

    role: Text | None = Field(default=None, max_length=ROLE_NAME_CHARACTERS, examples=["author"])
    is_active: bool | None = Field(default=None, description="False disables it.", examples=[True])
    name: Text | None = Field(default=None, max_length=NAME_CHARACTERS, examples=["Grace Hopper"])
    bio: Text | None = Field(default=None, max_length=BIO_CHARACTERS, examples=["Writes about compilers."])
    website: Website | None = Field(
        default=None, max_length=WEBSITE_CHARACTERS, examples=["https://grace.example"]
    )
    time_zone: TimeZoneOrNone | None = Field(
        default=None,
        description="The IANA name of the zone in which the person works; an empty one means the publication's.",
        examples=["Europe/Berlin"],
    )
    avatar: Text | None = Field(
        default=None,
        max_length=WEBSITE_CHARACTERS,
        description="Null removes it.",
        examples=["/media/ab/cd.jpg"],
    )


class AccountDeletion(Schema):
    """The fate of the person's content."""

    content: Literal["keep", "reassign", "anonymise"] = Field(
        description="`keep`: posts and comments stay under the name, as a byline. `reassign`: posts go to `heir`, and a "
        "former member is named as the author of the comments. `anonymise`: a former member is named for both.",
        examples=["keep"],
    )
    heir: Text | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="For `reassign`: the user name of who gets the posts, and may edit any post; you, if nothing is said.",
        examples=["edith"],
    )
