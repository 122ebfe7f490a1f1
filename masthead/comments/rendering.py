"""Validates and renders the text of a comment, without a database."""

from dataclasses import dataclass

from masthead.errors import Invalid
from masthead.text.markdown.renderer import render
from masthead.text.plain import is_storable, is_visible
from masthead.text.profiles import SanitiserProfile

#: About four pages of a book.
BODY_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True)
class RenderedComment:
    """A comment's text with its HTML."""

    body: str
    html: str


def render_comment(body: str) -> RenderedComment:
    """Validate and render a text; raises `Invalid`."""
    # Browsers send line ends as CRLF (HTML, form submission). Leading spaces of a line mean code, so they stay.
    body = body.replace("\r\n", "\n").strip("\r\n").rstrip()
    if not is_storable(body):
        raise Invalid("This text holds characters that cannot be stored.", field="body")
    if len(body) > BODY_CHARACTERS:
        raise Invalid(
            f"A comment has at most {BODY_CHARACTERS} characters; yours has {len(body)}.", field="body"
        )
    rendered = render(body, profile=SanitiserProfile.COMMENT)
    if not is_visible(rendered.plain):
        raise Invalid("Write something first.", field="body")
    return RenderedComment(body, rendered.html)
