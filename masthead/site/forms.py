"""The form of the set-up."""

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from masthead.login.forms import NEW_PASSWORD_RULES
from masthead.people.forms import EMAIL_RULE, USERNAME_RULE
from masthead.settings.publication import DEFAULT_ACCENT, TITLE_CHARACTERS
from masthead.web.forms.base import Form, trimmed


class SetupForm(Form):
    """The first administrator and the publication's name and colour."""

    title = StringField(
        "Title of the publication",
        [
            InputRequired("Give the publication a title."),
            Length(max=TITLE_CHARACTERS, message="A title has at most %(max)d characters."),
        ],
        [trimmed],
    )
    accent = StringField(
        "Accent colour",
        [Regexp(r"#[0-9a-fA-F]{6}\Z", message="Write the colour like #b3261e.")],
        [trimmed],
        default=DEFAULT_ACCENT,
    )
    username = StringField("Your user name", [InputRequired("Choose a user name."), USERNAME_RULE], [trimmed])
    email = StringField("Your email", [InputRequired("Enter your email address."), EMAIL_RULE], [trimmed])
    password = PasswordField("Password", NEW_PASSWORD_RULES)
    password_confirm = PasswordField(
        "Confirm password",
        [
            InputRequired("Enter the password again."),
            EqualTo("password", "The passwords do not match."),
        ],
    )
