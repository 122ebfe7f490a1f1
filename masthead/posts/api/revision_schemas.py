"""The API shapes of revisions."""

from datetime import datetime

from pydantic import Field

from masthead.posts.api.schemas import Author, LeadImage, lead_image_of
from masthead.posts.history import MOST_REVISIONS, NAME_CHARACTERS
from masthead.posts.models import Revision
from masthead.web.api.schemas import ListAnswer, Made, Schema, Text


class RevisionItem(Schema):
    """A revision in lists, without its text."""

    number: int = Field(examples=[3])
    title: str = Field(examples=["The ferry that runs on a rope"])
    slug: str = Field(examples=["the-ferry"])
    status: str = Field(description="The status that the post had.", examples=["public"])
    author_id: int | None = Field(description="Who saved it.", examples=[1])
    kind: str = Field(
        description="`saved`, `autosave` (the last one of a sitting), `conflict` (could not be merged) or `discarded`.",
        examples=["saved"],
    )
    name: str = Field(description="A name that somebody gave it.", examples=["As sent to the printer"])
    was_public: bool = Field(description="Whether readers saw it, or will.", examples=[True])
    note: str = Field(examples=["Corrected the length of the rope."])
    created_at: Made

    @classmethod
    def of(cls, revision: Revision) -> "RevisionItem":
        """Return the item of a revision."""
        return cls(**{name: getattr(revision, name) for name in RevisionItem.model_fields})


class RevisionAnswer(RevisionItem):
    """A revision with its text."""

    summary: str = Field(examples=["A crossing of ninety metres, a hundred years old."])
    body: str = Field(
        description="Markdown, as it was written.", examples=["There is *no engine* at Callow."]
    )
    tags: list[str] = Field(examples=[["Outdoors"]])
    is_whole: bool = Field(
        description="False for old ones that hold the text alone: what follows is not known then.",
        examples=[True],
    )
    authors: list[Author] = Field(description="Those who were named above it.")
    lead_image: LeadImage | None
    canonical_url: str | None = Field(examples=["https://river.example/the-ferry"])
    language: str | None = Field(examples=["de"])
    translation_key: str | None = Field(examples=["ferry"])
    meta_title: str = Field(examples=[""])
    meta_description: str = Field(examples=[""])
    card_title: str = Field(examples=[""])
    card_description: str = Field(examples=[""])
    card_image: str | None = Field(examples=["/media/ab/cd.jpg"])
    comments_open: bool = Field(examples=[True])
    published_at: datetime | None = Field(examples=["2026-11-21T09:30:00Z"])

    @classmethod
    def of(cls, revision: Revision) -> "RevisionAnswer":
        """Return the revision, whose bylines are loaded."""
        names = RevisionAnswer.model_fields.keys() - {"authors", "lead_image"}
        return cls(
            **{name: getattr(revision, name) for name in names},
            authors=[Author.of(user) for user in revision.bylines],
            lead_image=lead_image_of(revision),
        )


class RevisionChange(Schema):
    """A change of a revision, which is only its name."""

    name: Text = Field(max_length=NAME_CHARACTERS, examples=["As sent to the printer"])


class DiffQuery(Schema):
    """The revision to compare with."""

    against: int | None = Field(
        examples=[2],
        default=None,
        ge=1,
        le=MOST_REVISIONS,
        description="The older one; the one before, if left out.",
    )


class DiffPart(Schema):
    """A part of two compared texts."""

    kind: str = Field(description="`same`, `removed` or `added`.", examples=["added"])
    text: str = Field(examples=["a hundred years"])


class DiffField(Schema):
    """A field that differs."""

    field: str = Field(examples=["body"])
    parts: list[DiffPart]


class RevisionDiff(Schema):
    """The word-level differences between two revisions."""

    against: int = Field(examples=[2])
    number: int = Field(examples=[3])
    fields: list[DiffField]


class Revisions(ListAnswer):
    """A page of revisions, newest first."""

    revisions: list[RevisionItem]
