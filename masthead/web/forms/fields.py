"""Form fields that WTForms lacks, and the distinction between empty and not sent."""

from typing import Any

from markupsafe import Markup
from wtforms import BooleanField, Field, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

#: Hidden field sent with a checkbox, because browsers send nothing for an unchecked one.
SHOWN = "_shown"


def was_sent(field: Field) -> bool:
    """Tell if the request contains the field, with any value."""
    return bool(field.raw_data)


def is_as_shown(field: Field, shown: Field) -> bool:
    """Tell if a field was sent unchanged; browsers normalise line ends (HTML, value sanitization)."""
    return _as_sent(field) == _as_sent(shown)


def _as_sent(field: Field) -> object:
    if not isinstance(field.data, str):
        return field.data or ""
    text = field.data.replace("\r\n", "\n").replace("\r", "\n")
    return text if isinstance(field, TextAreaField) else text.replace("\n", "")


class FilledIfSent(InputRequired):
    """Validator: the field may be left out of a request, but must not be sent empty."""

    def __call__(self, form: Any, field: Field) -> None:
        """Refuse an empty value."""
        if field.raw_data:
            super().__call__(form, field)


class _Box(CheckboxInput):
    """A checkbox widget with the hidden field that marks its presence."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        mark = Markup('<input type="hidden" name="{}" value="1">').format(f"{field.name}{SHOWN}")
        return super().__call__(field, **attributes) + mark


class BoxField(BooleanField):
    """A checkbox that keeps its value if the request lacks it, instead of reading that as unchecked."""

    widget = _Box()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Templates render it as a checkbox.
        self.type = "BooleanField"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read the checkbox and the hidden field that marks its presence."""
        is_sent = formdata is not None and (self.name in formdata or f"{self.name}{SHOWN}" in formdata)
        super().process(formdata if is_sent else None, *args, **kwargs)
        if is_sent:
            self.raw_data = [*(self.raw_data or []), str(bool(self.data))]
