"""The forms for post templates and snippets."""

from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from masthead.content.forms import number_in
from masthead.content.rendering import TITLE_CHARACTERS
from masthead.presets.models import NAME_CHARACTERS, SNIPPET_CHARACTERS, TEMPLATE_CHARACTERS
from masthead.web.forms.base import Form, trimmed
from masthead.web.forms.fields import FilledIfSent, was_sent

TOO_LONG = "This has at most %(max)d characters."


class PresetForm(Form):
    """The fields of both."""

    name = StringField(
        "Name",
        [DataRequired("Write a name."), Length(max=NAME_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="Writers choose it by this name. Readers never see it.",
    )
    version = HiddenField()

    @property
    def seen_version(self) -> int | None:
        """The version that the page showed; None for a new one."""
        return number_in(self.version)

    def said(self) -> dict[str, Any]:
        """Return the submitted fields that have no error; omitted ones stay as they are."""
        names = (name for name in ("name", "title", "body") if name in self and was_sent(self[name]))
        return self.right(*names)


class TemplateForm(PresetForm):
    """A post template."""

    title = StringField(
        "Title",
        [Length(max=TITLE_CHARACTERS, message="A title has at most %(max)d characters.")],
        [trimmed],
        description="Optional.",
    )
    body = TextAreaField(
        "Content",
        [Length(max=TEMPLATE_CHARACTERS, message=TOO_LONG)],
        description="Markdown. New posts begin with this text.",
    )
    tags = StringField(
        "Tags",
        [Length(max=2_500, message="The tags have at most %(max)d characters.")],
        [trimmed],
        description="Separated by commas. Optional.",
    )

    def said(self) -> dict[str, Any]:
        """Return the submitted fields, the tags as a list."""
        sent = self.right("tags") if was_sent(self.tags) else {}
        return super().said() | {name: (text or "").split(",") for name, text in sent.items()}


class SnippetForm(PresetForm):
    """A snippet."""

    body = TextAreaField(
        "Content",
        [
            FilledIfSent("Write the text that the snippet inserts."),
            Length(max=SNIPPET_CHARACTERS, message=TOO_LONG),
        ],
        description="Markdown that writers insert where they are in their text.",
    )
