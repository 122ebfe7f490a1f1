"""The API shapes of posts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from masthead.content.schemas import Body, Slug, Summary, Title
from masthead.people.models import NAME_CHARACTERS as PERSON_CHARACTERS
from masthead.people.models import User
from masthead.posts.bylines import AUTHORS_LIMIT
from masthead.posts.details import ADDRESS_CHARACTERS, PICTURE_WORDS_CHARACTERS, REMARK_CHARACTERS
from masthead.posts.history import WORDS
from masthead.posts.lifecycle import State
from masthead.posts.models import Post, Revision
from masthead.posts.summaries import CreditedPerson, PostSummary
from masthead.tags.models import NAME_CHARACTERS, TAGS_LIMIT
from masthead.text.languages import LANGUAGE_CHARACTERS, TRANSLATION_KEY_CHARACTERS
from masthead.web.api.paging import address
from masthead.web.api.schemas import Changed, Made, Moment, Schema, Text

TagName = Annotated[Text, Field(min_length=1, max_length=NAME_CHARACTERS, examples=["Outdoors"])]
Tags = Annotated[list[TagName], Field(max_length=TAGS_LIMIT)]
Wish = Annotated[
    Literal["draft", "in_review", "published"],
    Field(
        description="`published` needs permission to publish; with a future date it schedules.",
        examples=["published"],
    ),
]


WebAddress = Annotated[
    Text,
    Field(
        max_length=ADDRESS_CHARACTERS,
        description="Where the text was published first, if that was elsewhere.",
        examples=["https://river.example/the-ferry"],
    ),
]
TranslationKey = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=TRANSLATION_KEY_CHARACTERS,
        description="The same in all translations of a text.",
        examples=["ferry"],
    ),
]
LanguageTag = Annotated[
    Text,
    Field(
        max_length=LANGUAGE_CHARACTERS,
        description="The language of the text, if it is another than the publication's.",
        examples=["de"],
    ),
]
Names = Annotated[
    list[Annotated[Text, Field(min_length=1, max_length=PERSON_CHARACTERS + 2, examples=["ada"])]],
    Field(
        max_length=AUTHORS_LIMIT,
        description="The user names of those who are credited, in order. A full name that nobody has makes a guest.",
    ),
]
PictureUrl = Annotated[
    Text,
    Field(
        max_length=ADDRESS_CHARACTERS,
        description="One of yours below /media/, or the address of another one.",
        examples=["/media/ab/cd.jpg"],
    ),
]
PictureWords = Annotated[Text, Field(max_length=PICTURE_WORDS_CHARACTERS)]
Remark = Annotated[
    Text,
    Field(
        max_length=REMARK_CHARACTERS, description="Why, for the history.", examples=["Corrected the length."]
    ),
]


EndAddress = Annotated[Text, Field(max_length=ADDRESS_CHARACTERS, examples=["/blog/"])]


class LeadImage(Schema):
    """The image above a post."""

    url: PictureUrl
    alt: PictureWords = Field(
        default="", description="What it shows, for those who do not see it.", examples=["A ferry."]
    )
    caption: PictureWords = Field(default="", examples=["The ferry at Callow."])


class LeadImageChange(Schema):
    """A change of the image; omitted members stay, unless the image itself changes."""

    url: PictureUrl | None = Field(default=None, examples=["/media/ab/cd.jpg"])
    alt: PictureWords | None = Field(default=None, examples=["A ferry."])
    caption: PictureWords | None = Field(default=None, examples=["The ferry at Callow."])


class Author(Schema):
    """A credited author."""

    id: int = Field(examples=[1])
    username: str = Field(examples=["ada"])
    name: str = Field(examples=["Ada Lovelace"])

    @classmethod
    def of(cls, user: User | CreditedPerson) -> "Author":
        """Return the author's name."""
        return cls(id=user.id, username=user.username, name=user.display_name)


def lead_image_of(of: Post | PostSummary | Revision) -> LeadImage | None:
    # Stored values may predate the present rules for input.
    if not of.lead_image:
        return None
    return LeadImage.model_construct(url=of.lead_image, alt=of.lead_alt, caption=of.lead_caption)


class PostItem(Schema):
    """A post in lists, without its text."""

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
    lead_image: LeadImage | None = Field(description="The picture above it.")
    canonical_url: str | None = Field(
        description="Where it was published first.", examples=["https://river.example/the-ferry"]
    )
    language: str | None = Field(description="If it is not the publication's.", examples=["de"])
    translation_key: str | None = Field(
        description="The same in all translations of a text.", examples=["ferry"]
    )
    comments_open: bool = Field(description="Whether comments are allowed.", examples=[True])
    comment_count: int = Field(examples=[2])
    version: int = Field(description="Its ETag.", examples=[3])
    url: str = Field(examples=["https://magazine.example/blog/post/the-ferry"])

    @classmethod
    def values_of(cls, post: Post | PostSummary) -> dict[str, Any]:
        """Return the values of the fields."""
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
            "lead_image": lead_image_of(post),
            "canonical_url": post.canonical_url,
            "language": post.language,
            "translation_key": post.translation_key,
            "comments_open": post.comments_open,
            "comment_count": post.comment_count,
            "version": post.version,
            "url": address(f"/blog/post/{post.slug}"),
        }

    @classmethod
    def of(cls, post: Post | PostSummary) -> "PostItem":
        """Return the item of a post."""
        return cls(**cls.values_of(post))


class PostAnswer(PostItem):
    """A post with its text."""

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

    meta_title: str = Field(default="", examples=["A ferry on a rope"])
    meta_description: str = Field(default="", examples=["A crossing of ninety metres."])
    card_title: str = Field(default="", examples=["A ferry on a rope"])
    card_description: str = Field(default="", examples=["A crossing of ninety metres."])
    card_image: str | None = Field(default=None, examples=["/media/ab/cd.jpg"])
    expires_at: datetime | None = Field(
        default=None, description="When readers find it no more.", examples=["2036-12-01T00:00:00Z"]
    )
    expires_to: str | None = Field(
        default=None, description="Where its page redirects to then.", examples=["/blog/"]
    )
    update_at: datetime | None = Field(
        default=None,
        description="When the working copy becomes public. Null for those who may not edit it.",
        examples=["2036-12-01T00:00:00Z"],
    )
    has_working_copy: bool | None = Field(
        default=None,
        description="Whether writers typed something that is not saved. Null for those who may not edit it.",
        examples=[False],
    )

    @classmethod
    def whole(
        cls, post: Post, warnings: Sequence[str] = (), *, has_working_copy: bool | None = None
    ) -> "PostAnswer":
        """Return the answer for a post, whose text is loaded."""
        return cls(
            **cls.values_of(post),
            body=post.body,
            html=post.html,
            warnings=list(warnings),
            **{name: getattr(post, name) for name in (*WORDS, "card_image", "expires_at", "expires_to")},
            update_at=post.update_at if has_working_copy is not None else None,
            has_working_copy=has_working_copy,
        )


class PostInput(Schema):
    """A post as its author submits it."""

    title: Title
    body: Body
    summary: Summary = ""
    slug: Slug | None = None
    tags: Tags = Field(default_factory=list)
    authors: Names | None = Field(default=None, description="Left out, its owner alone is credited.")
    canonical_url: WebAddress | None = None
    language: LanguageTag | None = None
    translation_key: TranslationKey | None = None
    meta_title: Title | None = Field(default=None, description="The title in search results.")
    meta_description: Summary | None = Field(default=None, description="The text in search results.")
    card_title: Title | None = Field(default=None, description="The title on cards of social networks.")
    card_description: Summary | None = Field(default=None, description="The text on such cards.")
    card_image: PictureUrl | None = Field(default=None, description="The picture on such cards.")
    expires_at: Moment | None = Field(
        default=None,
        description="From then on readers find it no more.",
        examples=["2036-12-01T00:00:00Z"],
    )
    expires_to: EndAddress | None = Field(
        default=None, description="Its page redirects there then; without it, 410."
    )
    update_at: Moment | None = Field(
        default=None,
        description="Then the working copy becomes public.",
        examples=["2036-12-01T00:00:00Z"],
    )
    comments_open: bool = Field(default=True, description="Whether comments are allowed.", examples=[True])
    lead_image: LeadImage | None = None
    note: Remark = ""
    status: Wish | None = Field(default=None, description="Left out, it stays.")
    published_at: Moment | None = Field(
        default=None, description="When it becomes public, or became; left out, it stays."
    )


class PostChange(Schema):
    """A change of a post; omitted members stay."""

    title: Title | None = None
    body: Body | None = None
    summary: Summary | None = None
    slug: Slug | None = None
    tags: Tags | None = None
    authors: Names | None = None
    canonical_url: WebAddress | None = Field(default=None, description="Null removes it.")
    language: LanguageTag | None = Field(default=None, description="Null removes it.")
    translation_key: TranslationKey | None = Field(default=None, description="Null removes it.")
    meta_title: Title | None = Field(
        default=None, description="The title in search results. Null removes it."
    )
    meta_description: Summary | None = Field(
        default=None, description="The text in search results. Null removes it."
    )
    card_title: Title | None = Field(
        default=None, description="The title on cards of social networks. Null removes it."
    )
    card_description: Summary | None = Field(
        default=None, description="The text on such cards. Null removes it."
    )
    card_image: PictureUrl | None = Field(
        default=None, description="The picture on such cards. Null removes it."
    )
    expires_at: Moment | None = Field(
        default=None,
        description="From then on readers find it no more. Null removes it.",
        examples=["2036-12-01T00:00:00Z"],
    )
    expires_to: EndAddress | None = Field(
        default=None, description="Its page redirects there then; without it, 410. Null removes it."
    )
    update_at: Moment | None = Field(
        default=None,
        description="Then the working copy becomes public. Null removes it.",
        examples=["2036-12-01T00:00:00Z"],
    )
    comments_open: bool | None = Field(default=None, examples=[False])
    lead_image: LeadImageChange | None = Field(default=None, description="Null removes it.")
    note: Remark | None = None
    status: Wish | None = None
    published_at: Moment | None = Field(
        default=None, description="When it becomes public, or became. Null takes the date from a draft."
    )


class Publishing(Schema):
    """The moment of publication; now by default."""

    published_at: Moment | None = Field(default=None, description="When it becomes public, or became.")
