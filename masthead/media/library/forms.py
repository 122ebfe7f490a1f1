"""Forms of the media library."""

from typing import Final

from wtforms import BooleanField, FloatField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from masthead.media.models import ALT_CHARACTERS, CAPTION_CHARACTERS, CREDIT_CHARACTERS, LICENCE_CHARACTERS
from masthead.media.processing.facts import PictureEdit
from masthead.media.words import Words
from masthead.unset import UNSET
from masthead.web.forms.base import Form, choice, trimmed

TOO_LONG: Final = "Write at most %(max)d characters."
PERCENT: Final = "Write a number from 0 to 100."
_TURNS: Final = [
    choice("0", "Not turned"),
    choice("90", "A quarter to the right"),
    choice("180", "Upside down"),
    choice("270", "A quarter to the left"),
]


def _percent(label: str, default: float) -> FloatField:
    return FloatField(label, [Optional(), NumberRange(0, 100, PERCENT)], default=default)


class WordsForm(Form):
    """The words of a file, and the focal point of a picture in percent."""

    alt = TextAreaField(
        "Alternative text",
        [Length(max=ALT_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="Describe the picture for people who cannot see it.",
    )
    decorative = BooleanField(
        "Decorative", description="The picture says nothing that the text does not. Screen readers skip it."
    )
    caption = TextAreaField("Caption", [Length(max=CAPTION_CHARACTERS, message=TOO_LONG)], [trimmed])
    credit = StringField(
        "Credit",
        [Length(max=CREDIT_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="The person or agency, shown below the picture.",
    )
    licence = StringField(
        "Licence",
        [Length(max=LICENCE_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="Such as CC BY 4.0.",
    )
    focal_x = _percent("Focal point from the left (%)", 50)
    focal_y = _percent("Focal point from the top (%)", 50)

    def words(self, *, is_picture: bool) -> Words:
        """Return the words as they were written; a file that is no picture has no focal point."""
        return Words(
            alt=(self.alt.data or "") if is_picture else UNSET,
            decorative=bool(self.decorative.data) if is_picture else UNSET,
            caption=self.caption.data or "",
            credit=self.credit.data or "",
            licence=self.licence.data or "",
            focal_x=_fraction(self.focal_x.data, 50) if is_picture else UNSET,
            focal_y=_fraction(self.focal_y.data, 50) if is_picture else UNSET,
        )


class EditForm(Form):
    """A turn, then a cut in percent of the turned picture."""

    rotation = SelectField("Turn", choices=_TURNS, default="0")
    left = _percent("Left edge (%)", 0)
    top = _percent("Top edge (%)", 0)
    width = _percent("Width (%)", 100)
    height = _percent("Height (%)", 100)

    def edit(self) -> PictureEdit:
        """Return the edit as fractions."""
        return PictureEdit(
            int(self.rotation.data or 0),
            _fraction(self.left.data, 0),
            _fraction(self.top.data, 0),
            _fraction(self.width.data, 100),
            _fraction(self.height.data, 100),
        )


def _fraction(percent: float | None, default: float) -> float:
    return (default if percent is None else percent) / 100
