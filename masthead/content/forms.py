"""The fields that the forms of posts and pages have in common."""

from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from masthead.content.rendering import BODY_CHARACTERS, SLUG_CHARACTERS, SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.web.forms.base import Form, trimmed


def title_field(asked: str) -> StringField:
    """Return the field for a title, with this message if it is empty."""
    return StringField(
        "Title",
        [
            DataRequired(asked),
            Length(max=TITLE_CHARACTERS, message="A title has at most %(max)d characters."),
        ],
        [trimmed],
    )


class ContentForm(Form):
    """The common fields of posts and pages. Each adds its title."""

    title: StringField
    summary = TextAreaField(
        "Excerpt",
        [Length(max=SUMMARY_CHARACTERS, message="An excerpt has at most %(max)d characters.")],
        [trimmed],
    )
    body = TextAreaField(
        "Content", [Length(max=BODY_CHARACTERS, message="The content has at most %(max)d characters.")]
    )
    slug = StringField(
        "URL slug",
        [Length(max=SLUG_CHARACTERS, message="A URL slug has at most %(max)d characters.")],
        [trimmed],
        description="Leave empty to generate from title. Old URLs redirect here.",
    )
    version = HiddenField()

    @property
    def seen_version(self) -> int | None:
        """The version that the writer saw; None if the form names none."""
        return number_in(self.version)

    def content_fields(self) -> dict[str, Any]:
        """Return the arguments of `masthead.content.rendering.render_text`."""
        return {
            "title": self.title.data or "",
            "summary": (self.summary.data or "").replace("\r\n", "\n"),
            # Browsers send line ends as CRLF (HTML, form submission); Markdown is kept with LF.
            "body": (self.body.data or "").replace("\r\n", "\n"),
            "slug": self.slug.data or None,
        }


def number_in(field: HiddenField) -> int | None:
    """Return the whole number that a hidden field holds; None if it holds none."""
    given = str(field.data or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
