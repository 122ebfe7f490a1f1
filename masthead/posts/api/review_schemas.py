"""The API shapes of review notes."""

from datetime import datetime

from pydantic import Field

from masthead.posts.api.schemas import Author
from masthead.posts.models import ReviewNote
from masthead.posts.review import NOTE_CHARACTERS
from masthead.web.api.schemas import ListAnswer, Made, Schema, Text


class Returning(Schema):
    """The note to the author."""

    note: Text = Field(
        default="",
        max_length=NOTE_CHARACTERS,
        description="For the author alone; readers never see it.",
        examples=["Say earlier how long the rope is."],
    )


class ReviewNoteItem(Schema):
    """The note of an editor who sent a post back."""

    id: int = Field(examples=[7])
    note: str = Field(examples=["Say earlier how long the rope is."])
    by: Author = Field(description="The editor who sent it back.")
    created_at: Made
    resolved_at: datetime | None = Field(
        description="When the post was submitted again or published.", examples=["2026-11-21T09:30:00Z"]
    )

    @classmethod
    def of(cls, note: ReviewNote) -> "ReviewNoteItem":
        """Return the item of a note, whose author is loaded."""
        return cls(
            id=note.id,
            note=note.body,
            by=Author.of(note.author),
            created_at=note.created_at,
            resolved_at=note.resolved_at,
        )


class ReviewNotes(ListAnswer):
    """A page of notes, latest first."""

    notes: list[ReviewNoteItem]
