"""Forms for second factors."""

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from masthead.mfa.models import PASSKEY_NAME_CHARACTERS
from masthead.web.forms.base import Form, trimmed

CODE_RULE = Length(max=40, message="A code has at most %(max)d characters.")


PASSKEY_NAME_RULES = [
    InputRequired("Enter a name to recognise the passkey by."),
    Length(max=PASSKEY_NAME_CHARACTERS, message="A name has at most %(max)d characters."),
]


class CodeForm(Form):
    """A code of an authenticator app, or a recovery code."""

    otp = StringField("Code", [InputRequired("Enter a code."), CODE_RULE], [trimmed])


class PasskeyForm(Form):
    """The answer of the browser's WebAuthn API; a script fills it in."""

    credential = HiddenField(validators=[InputRequired("Your browser sent no passkey. Try again.")])


class AddPasskeyForm(PasskeyForm):
    """A new passkey and its name."""

    name = StringField("Name", PASSKEY_NAME_RULES, [trimmed])


class PasskeyNameForm(Form):
    """A new name for a passkey."""

    name = StringField("Name", PASSKEY_NAME_RULES, [trimmed])


class AuthenticatorForm(CodeForm):
    """The first code of a new authenticator app, with the app's encrypted secret."""

    sealed = HiddenField()
