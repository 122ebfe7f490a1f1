"""Forms for signing in, registration, and changes of password and address."""

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from masthead.login.passwords import LONGEST_BYTES, SHORTEST_CHARACTERS
from masthead.mfa.forms import CODE_RULE
from masthead.people.forms import EMAIL_RULE, EMAIL_SHAPE, USERNAME_RULE
from masthead.web.forms.base import Form, trimmed

NEW_PASSWORD_RULES = [
    InputRequired("Choose a password."),
    Length(
        min=SHORTEST_CHARACTERS,
        max=LONGEST_BYTES,
        message=f"Choose a password with {SHORTEST_CHARACTERS} to {LONGEST_BYTES} characters.",
    ),
]


class LoginForm(Form):
    """Sign in with email and password."""

    email = StringField("Email", [InputRequired("Enter your email address."), EMAIL_RULE], [trimmed])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    remember = BooleanField("Keep me signed in on this device")


class RegistrationForm(Form):
    """Register an account."""

    username = StringField("User name", [InputRequired("Choose a user name."), USERNAME_RULE], [trimmed])
    email = StringField(
        "Email",
        [
            InputRequired("Enter your email address."),
            EMAIL_RULE,
            EMAIL_SHAPE,
        ],
        [trimmed],
    )
    password = PasswordField("Password", NEW_PASSWORD_RULES)
    password_confirm = PasswordField(
        "Confirm password",
        [
            InputRequired("Enter the password again."),
            EqualTo("password", "The passwords do not match."),
        ],
    )


class NewPasswordForm(Form):
    """Set a password without the old one."""

    password = PasswordField("New password", NEW_PASSWORD_RULES)
    password_confirm = PasswordField(
        "Confirm password",
        [
            InputRequired("Enter the password again."),
            EqualTo("password", "The passwords do not match."),
        ],
    )


class ChangePasswordForm(NewPasswordForm):
    """Change one's own password."""

    current_password = PasswordField("Current password", [InputRequired("Enter your current password.")])
    end_tokens = BooleanField("Revoke my API tokens as well")


class EmailForm(Form):
    """An email address."""

    email = StringField(
        "Email", [InputRequired("Enter an email address."), EMAIL_RULE, EMAIL_SHAPE], [trimmed]
    )


class ChangeEmailForm(EmailForm):
    """Change one's own email address."""

    # The form that changes the password is on the same page, and has a field of this name.
    current_password = PasswordField(
        "Your password", [InputRequired("Enter your password.")], id="address_current_password"
    )


class ReauthenticationForm(Form):
    """The password, and a code of the second factor, for reauthentication."""

    password = PasswordField("Password", [InputRequired("Enter your password.")])
    otp = StringField("Code", [CODE_RULE], [trimmed])


class ConfirmEmailForm(Form):
    """Confirm an email address, with the password of the account if the person knows it."""

    password = PasswordField("Your password")
