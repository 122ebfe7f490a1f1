"""The API shapes of working copies."""

from datetime import datetime

from pydantic import Field

from masthead.content.rendering import TITLE_CHARACTERS
from masthead.content.schemas import Body, Slug, Summary
from masthead.posts.api.schemas import Tags
from masthead.posts.working_copy.models import WorkingCopy
from masthead.posts.working_copy.shown import ShownPost
from masthead.web.api.schemas import Schema, Text


class WorkingCopyInput(Schema):
    """A text as it was typed; a title may still be missing."""

    title: Text = Field(max_length=TITLE_CHARACTERS, examples=["The ferry that runs on a rope"])
    body: Body
    summary: Summary = ""
    tags: Tags = Field(default_factory=list)
    slug: Slug | None = None


class WorkingCopyAnswer(Schema):
    """The text that writers see: the working copy, or the saved text if there is none."""

    title: str = Field(examples=["The ferry that runs on a rope"])
    summary: str = Field(examples=["A crossing of ninety metres, a hundred years old."])
    body: str = Field(
        description="Markdown, as it was written.", examples=["There is *no engine* at Callow."]
    )
    tags: list[str] = Field(examples=[["Outdoors"]])
    slug: str = Field(examples=["the-ferry"])
    version: int = Field(description="Its ETag.", examples=[1_000_000_003])
    has_working_copy: bool = Field(
        description="Whether this differs from what readers see, or will.", examples=[True]
    )
    saved_at: datetime | None = Field(description="The last autosave.", examples=["2026-11-21T09:30:00Z"])

    @classmethod
    def of(cls, shown: ShownPost, copy: WorkingCopy | None) -> "WorkingCopyAnswer":
        """Return what an editor page shows."""
        is_open = copy is not None and copy.is_open
        return cls(
            **shown.text.as_dict(),
            version=shown.version,
            has_working_copy=is_open,
            saved_at=copy.changed_at if copy is not None and is_open else None,
        )
