"""The shape of the form for pages."""

from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from masthead.pages.models import Page
from masthead.posts.manuscript import BODY_CHARACTERS, SLUG_CHARACTERS, SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.web.forms import Form, trimmed


class PageForm(Form):
    """Writing a page."""

    title = StringField(
        "Title",
        [
            DataRequired("Give the page a title."),
            Length(max=TITLE_CHARACTERS, message="A title has at most %(max)d characters."),
        ],
        [trimmed],
    )
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

    @classmethod
    def of(cls, page: Page) -> "PageForm":
        """The form filled in with a page."""
        return cls(
            title=page.title, summary=page.summary, body=page.body, slug=page.slug, version=page.version
        )

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
