"""The shape of the form for posts."""

from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from masthead.posts.manuscript import BODY_CHARACTERS, SLUG_CHARACTERS, SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.posts.models import Post
from masthead.posts.moments import MomentField, WhichMomentField
from masthead.posts.reviewing import NOTE_CHARACTERS
from masthead.tags import actions as tags
from masthead.web.forms import Form, trimmed


def title_field(asked: str) -> StringField:
    """The field for a title, which asks for one with this sentence."""
    return StringField(
        "Title",
        [
            DataRequired(asked),
            Length(max=TITLE_CHARACTERS, message="A title has at most %(max)d characters."),
        ],
        [trimmed],
    )


class ManuscriptForm(Form):
    """What posts and pages are written with alike. Each adds its title."""

    title: StringField
    summary = TextAreaField(
        "Standfirst",
        [Length(max=SUMMARY_CHARACTERS, message="A standfirst has at most %(max)d characters.")],
        [trimmed],
    )
    body = TextAreaField(
        "Text", [Length(max=BODY_CHARACTERS, message="The text has at most %(max)d characters.")]
    )
    slug = StringField(
        "Address",
        [Length(max=SLUG_CHARACTERS, message="An address has at most %(max)d characters.")],
        [trimmed],
        description="Empty means: made from the title. An old address keeps leading here.",
    )
    version = HiddenField()

    @property
    def seen_version(self) -> int | None:
        """The version that the writer saw; None if the form does not say."""
        given = str(self.version.data or "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None

    def fields_of_manuscript(self) -> dict[str, Any]:
        """The arguments of `masthead.posts.manuscript.typeset`."""
        return {
            "title": self.title.data or "",
            "summary": self.summary.data or "",
            # Browsers send line ends as CRLF (HTML, form submission); Markdown is kept with LF.
            "body": (self.body.data or "").replace("\r\n", "\n"),
            "slug": self.slug.data or None,
        }


class PostForm(ManuscriptForm):
    """Writing a post."""

    title = title_field("Give the post a title.")
    tags = StringField(
        "Tags", [Length(max=2_500, message="The tags have at most %(max)d characters.")], [trimmed]
    )
    published_at = MomentField("Publish at", [Optional()])
    published_at_which = WhichMomentField("Which of the two")
    comments_open = BooleanField("Readers may comment", default=True)
    note = TextAreaField(
        "Note to the writer",
        [Length(max=NOTE_CHARACTERS, message="A note has at most %(max)d characters.")],
        [trimmed],
    )

    @classmethod
    def of(cls, post: Post) -> "PostForm":
        """The form filled in with a post, or with what was sent."""
        return cls(
            title=post.title,
            summary=post.summary,
            body=post.body,
            tags=", ".join(tag.name for tag in post.tags),
            slug=post.slug,
            published_at=post.published_at,
            published_at_which=post.published_at,
            comments_open=post.comments_open,
            version=post.version,
        )

    def fields_of_manuscript(self) -> dict[str, Any]:
        """The arguments of `masthead.posts.manuscript.typeset`."""
        return super().fields_of_manuscript() | {"tags": tags.parse(self.tags.data or "")}
