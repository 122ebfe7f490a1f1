"""Forms of personal tokens."""

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from masthead.api_tokens.models import TOKEN_NAME_CHARACTERS
from masthead.people.forms import Checkboxes, choice
from masthead.web.forms.base import Form, trimmed

TOKEN_DAYS = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year"))


class TokenForm(Form):
    """Name, lifetime and scopes of a personal token."""

    name = StringField(
        "Name",
        [
            InputRequired("Give the token a name."),
            Length(max=TOKEN_NAME_CHARACTERS, message="A name has at most %(max)d characters."),
        ],
        [trimmed],
    )
    days = SelectField(
        "Expires",
        coerce=int,
        default=30,
        choices=[choice(days, text) for days, text in TOKEN_DAYS],
    )
    scopes = Checkboxes("Permissions")
