"""The forms for tags."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from masthead.tags.models import DESCRIPTION_CHARACTERS, NAME_CHARACTERS
from masthead.web.forms.base import Form, trimmed

TOO_LONG = "This has at most %(max)d characters."


class TagForm(Form):
    """The name and description of a tag."""

    name = StringField(
        "Name",
        [DataRequired("Give the tag a name."), Length(max=NAME_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="Shown with every post that has the tag. The URL of its page does not change.",
    )
    description = TextAreaField(
        "Description",
        [Length(max=DESCRIPTION_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="A sentence or two, shown on the page of the tag. Optional.",
    )

    @property
    def described(self) -> str:
        """Return the description."""
        return (self.description.data or "").replace("\r\n", "\n")


class MergeForm(Form):
    """The tag that replaces another one."""

    into = StringField(
        "Merge into",
        [DataRequired("Write the name of the other tag."), Length(max=NAME_CHARACTERS, message=TOO_LONG)],
        [trimmed],
    )
