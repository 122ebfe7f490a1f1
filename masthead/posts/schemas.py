"""The shapes of posts in the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from masthead.accounts.models import User
from masthead.posts.lifecycle import State
from masthead.posts.listed import Listed, Person
from masthead.posts.manuscript import (
    BODY_CHARACTERS,
    SLUG_CHARACTERS,
    SUMMARY_CHARACTERS,
    TITLE_CHARACTERS,
)
from masthead.posts.models import Post, ReviewNote, Revision
from masthead.posts.reviewing import NOTE_CHARACTERS
from masthead.tags.models import NAME_CHARACTERS, TAGS_LIMIT
from masthead.web.api.paging import CURSOR_CHARACTERS, address
from masthead.web.api.schemas import Changed, ListAnswer, Made, Moment, PageQuery, Pattern, Schema, Text

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
TagName = Annotated[Text, Field(min_length=1, max_length=NAME_CHARACTERS, examples=["Outdoors"])]
Tags = Annotated[list[TagName], Field(max_length=TAGS_LIMIT)]
Wish = Annotated[
    Literal["draft", "in_review", "published"],
    Field(
        description="`published` needs the right to publish, and with a moment to come schedules.",
        examples=["published"],
    ),
]


class Author(Schema):
    """Who wrote something."""

    id: int = Field(examples=[1])
    username: str = Field(examples=["ada"])
    name: str = Field(examples=["Ada Lovelace"])

    @classmethod
    def of(cls, user: User | Person) -> "Author":
        """The author's name."""
        return cls(id=user.id, username=user.username, name=user.display_name)


class PostItem(Schema):
    """A post as it stands in lists, without its text."""

    id: int = Field(examples=[1])
    slug: str = Field(examples=["the-ferry"])
    title: str = Field(examples=["The ferry that runs on a rope"])
    summary: str = Field(examples=["A crossing of ninety metres, a hundred years old."])
    status: State = Field(examples=["published"])
    published: bool = Field(description="Whether everybody can read it.", examples=[True])
    published_at: datetime | None = Field(
        description="When it became public, or will.", examples=["2026-11-21T09:30:00Z"]
    )
    created_at: Made
    updated_at: Changed
    views: int = Field(examples=[1204])
    reading_minutes: int = Field(examples=[1])
    author: Author = Field(description="Whose it is.")
    authors: list[Author] = Field(description="Those who are named above it.")
    tags: list[str] = Field(description="The names of its tags.", examples=[["Outdoors"]])
    comment_count: int = Field(examples=[2])
    version: int = Field(description="Its ETag.", examples=[3])
    url: str = Field(examples=["https://magazine.example/blog/post/the-ferry"])

    @classmethod
    def values_of(cls, post: Post | Listed) -> dict[str, Any]:
        """The values of the fields."""
        return {
            "id": post.id,
            "slug": post.slug,
            "title": post.title,
            "summary": post.summary,
            "status": post.state,
            "published": post.is_published,
            "published_at": post.published_at,
            "created_at": post.created_at,
            "updated_at": post.updated_at,
            "views": post.views,
            "reading_minutes": post.reading_minutes,
            "author": Author.of(post.author),
            "authors": [Author.of(user) for user in post.bylines],
            "tags": [tag.name for tag in post.tags],
            "comment_count": post.comment_count,
            "version": post.version,
            "url": address(f"/blog/post/{post.slug}"),
        }

    @classmethod
    def of(cls, post: Post | Listed) -> "PostItem":
        """The item of a post."""
        return cls(**cls.values_of(post))


class PostAnswer(PostItem):
    """A whole post."""

    body: str = Field(
        description="Markdown, as it was written.", examples=["There is *no engine* at Callow."]
    )
    html: str = Field(
        description="The text, sanitised.", examples=["<p>There is <em>no engine</em> at Callow.</p>\n"]
    )

    warnings: list[str] = Field(
        default_factory=list,
        description="What its writer should know: elements that were left out, and pictures of other sites without a copy.",
        examples=[["<iframe> is left out: a text cannot hold it. Link to what it shows instead."]],
    )

    @classmethod
    def whole(cls, post: Post, warnings: Sequence[str] = ()) -> "PostAnswer":
        """The post, whose text is loaded."""
        return cls(**cls.values_of(post), body=post.body, html=post.html, warnings=list(warnings))


class PostInput(Schema):
    """A post as somebody writes it."""

    title: Title
    body: Body
    summary: Summary = ""
    slug: Slug | None = None
    tags: Tags = Field(default_factory=list)
    status: Wish | None = None
    published_at: Moment | None = Field(default=None, description="When it becomes public, or became.")


class PostChange(Schema):
    """What changes of a post; what is left out stays."""

    title: Title | None = None
    body: Body | None = None
    summary: Summary | None = None
    slug: Slug | None = None
    tags: Tags | None = None
    status: Wish | None = None
    published_at: Moment | None = Field(default=None, description="When it becomes public, or became.")


class Publishing(Schema):
    """When the post becomes public; now, if nothing is said."""

    published_at: Moment | None = Field(default=None, description="When it becomes public, or became.")


def _names_of(shape: type[Schema]) -> str:
    """What ``fields`` may say: names of members, separated by commas."""
    name = f"({'|'.join(shape.model_fields)})"
    return f"^{name}(,{name})*$"


class Fields(Schema):
    """Which members the answer has."""

    fields: Annotated[Text, Pattern(_names_of(PostAnswer))] | None = Field(
        default=None,
        max_length=400,
        description="Names of members, separated by commas.",
        examples=["slug,title"],
    )


class PostsQuery(PageQuery, Fields):
    """Which posts, and in which order."""

    fields: Annotated[Text, Pattern(_names_of(PostItem))] | None = Field(
        default=None,
        max_length=400,
        description="Names of members, separated by commas.",
        examples=["slug,title"],
    )
    cursor: Text | None = Field(
        default=None,
        max_length=CURSOR_CHARACTERS,
        description="The `next_cursor` of the answer before.",
        examples=["WyIyMDI2LTExLTIxVDA5OjMwOjAwKzAwOjAwIiwgMV0"],
    )
    author: Text | None = Field(
        default=None, max_length=60, description="The user name of somebody named above it.", examples=["ada"]
    )
    tag: Text | None = Field(
        default=None, max_length=200, description="The slug of a tag.", examples=["outdoors"]
    )
    status: State | None = Field(
        default=None,
        description="Published ones, if nothing is said; others only as far as you may edit them.",
        examples=["published"],
    )
    published_after: Moment | None = Field(default=None, description="Published later than this.")
    published_before: Moment | None = Field(
        default=None, description="Published earlier than this.", examples=["2026-12-01T00:00:00Z"]
    )
    sort: Literal["-published_at", "published_at", "-updated_at", "updated_at", "-views", "title"] = Field(
        default="-published_at",
        description="The order; `-` is the greatest, or the latest, first.",
        examples=["-published_at"],
    )

    @property
    def asks_for_all(self) -> bool:
        """Whether every published post is wanted."""
        return self.author is None and self.tag is None and self.asks_for_any_time

    @property
    def asks_for_any_time(self) -> bool:
        """Whether it does not matter when they were published, so long as they are."""
        is_bounded = self.published_after is not None or self.published_before is not None
        return not is_bounded and self.status in {None, State.PUBLISHED}


class Posts(ListAnswer):
    """Some of the posts."""

    posts: list[PostItem]


class RevisionItem(Schema):
    """A saved state of a post, without its text."""

    number: int = Field(examples=[3])
    title: str = Field(examples=["The ferry that runs on a rope"])
    slug: str = Field(examples=["the-ferry"])
    status: str = Field(description="The status that the post had.", examples=["public"])
    author_id: int | None = Field(description="Who saved it.", examples=[1])
    note: str = Field(examples=["Corrected the length of the rope."])
    created_at: Made

    @classmethod
    def of(cls, revision: Revision) -> "RevisionItem":
        """The item of a revision."""
        return cls(**{name: getattr(revision, name) for name in RevisionItem.model_fields})


class RevisionAnswer(RevisionItem):
    """A whole saved state."""

    summary: str = Field(examples=["A crossing of ninety metres, a hundred years old."])
    body: str = Field(
        description="Markdown, as it was written.", examples=["There is *no engine* at Callow."]
    )
    tags: list[str] = Field(examples=[["Outdoors"]])

    @classmethod
    def of(cls, revision: Revision) -> "RevisionAnswer":
        """The revision."""
        return cls(**{name: getattr(revision, name) for name in RevisionAnswer.model_fields})


class Revisions(ListAnswer):
    """Some of the saved states, the newest first."""

    revisions: list[RevisionItem]


class Returning(Schema):
    """What to tell the author."""

    note: Text = Field(
        default="",
        max_length=NOTE_CHARACTERS,
        description="For the author alone; readers never see it.",
        examples=["Say earlier how long the rope is."],
    )


class ReviewNoteItem(Schema):
    """A post was sent back."""

    id: int = Field(examples=[7])
    note: str = Field(examples=["Say earlier how long the rope is."])
    by: Author = Field(description="The editor who sent it back.")
    created_at: Made
    resolved_at: datetime | None = Field(
        description="When the post was submitted again or published.", examples=["2026-11-21T09:30:00Z"]
    )

    @classmethod
    def of(cls, note: ReviewNote) -> "ReviewNoteItem":
        """The item of a note, whose author is loaded."""
        return cls(
            id=note.id,
            note=note.body,
            by=Author.of(note.author),
            created_at=note.created_at,
            resolved_at=note.resolved_at,
        )


class ReviewNotes(ListAnswer):
    """Some of the notes, the last first."""

    notes: list[ReviewNoteItem]
