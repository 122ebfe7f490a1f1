"""The forms for comments."""

from typing import Any

from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from masthead.comments.errors import ParentGone
from masthead.comments.rendering import RenderedComment, render_comment
from masthead.db import GREATEST_ID
from masthead.errors import Invalid
from masthead.web.forms.base import Form


def id_from(given: object) -> int | None:
    """Return the id that a text holds; None if no row can have it."""
    text = str(given or "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(GREATEST_ID))):
        return None
    return int(text) if 1 <= int(text) <= GREATEST_ID else None


class CommentTextForm(Form):
    """The text of an existing comment."""

    # `masthead.comments.rendering` checks the length: browsers send a line end as two characters, which count as one.
    # `sanitise.RESERVED_IDS` reserves the id; `body` would collide with a heading "Body" in the post above.
    body = TextAreaField("Comment", [InputRequired("Write something first.")], id="comment_body")

    def rendered(self) -> RenderedComment | None:
        """Return the rendered text before any query runs; None if the form has errors."""
        if not self.validate():
            return None
        try:
            return render_comment(self.body.data or "")
        except Invalid as error:
            self.show(error)
            return None


class CommentForm(CommentTextForm):
    """A new comment."""

    parent_id = HiddenField()

    def validate_parent_id(self, field: Any) -> None:
        """Refuse a value that cannot be the id of a comment."""
        if field.data and id_from(field.data) is None:
            raise ValidationError(ParentGone().message)

    @property
    def parent(self) -> int | None:
        """The id of the parent comment; None for a comment on the post itself."""
        return id_from(self.parent_id.data)
