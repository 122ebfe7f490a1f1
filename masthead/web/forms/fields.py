"""Fields of forms that WTForms does not have, and the difference between empty and not sent."""

from typing import Any

from markupsafe import Markup
from wtforms import BooleanField, Field, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

#: Sent beside a box, because a browser sends nothing for one that is off.
SHOWN = "_shown"


def was_sent(field: Field) -> bool:
    """Whether the request has the field, with whatever value."""
    return bool(field.raw_data)


def is_as_shown(field: Field, shown: Field) -> bool:
    """Whether a field was sent as the page had shown it. Browsers change line ends, and leave none in a line (HTML, value sanitization)."""
    return _as_sent(field) == _as_sent(shown)


def _as_sent(field: Field) -> object:
    if not isinstance(field.data, str):
        return field.data or ""
    text = field.data.replace("\r\n", "\n").replace("\r", "\n")
    return text if isinstance(field, TextAreaField) else text.replace("\n", "")


class FilledIfSent(InputRequired):
    """A field that may be left out of a request, and not sent empty."""

    def __call__(self, form: Any, field: Field) -> None:
        """Refuse what is empty."""
        if field.raw_data:
            super().__call__(form, field)


class _Box(CheckboxInput):
    """A box, and what says that it was on the page."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        mark = Markup('<input type="hidden" name="{}" value="1">').format(f"{field.name}{SHOWN}")
        return super().__call__(field, **attributes) + mark


class BoxField(BooleanField):
    """A box that keeps its value if a request does not have it, instead of taking that for a box that is off."""

    widget = _Box()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Templates lay it out like any other box.
        self.type = "BooleanField"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Look for the box, and for what says that it was there."""
        is_sent = formdata is not None and (self.name in formdata or f"{self.name}{SHOWN}" in formdata)
        super().process(formdata if is_sent else None, *args, **kwargs)
        if is_sent:
            self.raw_data = [*(self.raw_data or []), str(bool(self.data))]
