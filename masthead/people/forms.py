"""The shapes of the forms about accounts."""

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import choices
from wtforms.validators import URL, EqualTo, InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput

from masthead.account_deletion.content_policy import Fate
from masthead.login.passwords import LONGEST_BYTES, SHORTEST_CHARACTERS
from masthead.people.models import (
    BIO_CHARACTERS,
    EMAIL_CHARACTERS,
    NAME_CHARACTERS,
    PASSKEY_NAME_CHARACTERS,
    ROLE_TITLE_CHARACTERS,
    TOKEN_NAME_CHARACTERS,
    USERNAME_CHARACTERS,
    WEBSITE_CHARACTERS,
    User,
)
from masthead.people.permissions import HIGHEST_RANK
from masthead.web.forms.base import Form, time_zone_field, trimmed
from masthead.web.forms.fields import is_as_shown, was_sent

#: WTForms wants its own class here; the published types do not know it yet.
choice: Any = vars(choices)["SelectChoice"]
CHOSEN_PASSWORD = [
    InputRequired("Choose a password."),
    Length(
        min=SHORTEST_CHARACTERS,
        max=LONGEST_BYTES,
        message=f"Choose a password with {SHORTEST_CHARACTERS} to {LONGEST_BYTES} characters.",
    ),
]
USERNAME_RULE = Length(*USERNAME_CHARACTERS, message="A user name has %(min)d to %(max)d characters.")
EMAIL_RULE = Length(max=EMAIL_CHARACTERS, message="An email address has at most %(max)d characters.")
EMAIL_SHAPE = Regexp(
    r"[^@\s]+@[^@\s]+", message="This is not an email address. It should look like name@example.org."
)

CODE_RULE = Length(max=40, message="A code has at most %(max)d characters.")
PASSKEY_NAME = [
    InputRequired("Enter a name to recognise the passkey by."),
    Length(max=PASSKEY_NAME_CHARACTERS, message="A name has at most %(max)d characters."),
]


class LoginForm(Form):
    """Signing in."""

    email = StringField("Email", [InputRequired("Enter your email address."), EMAIL_RULE], [trimmed])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    remember = BooleanField("Keep me signed in on this device")


class RegistrationForm(Form):
    """Making an account."""

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
    password = PasswordField("Password", CHOSEN_PASSWORD)
    password_confirm = PasswordField(
        "Confirm password",
        [
            InputRequired("Enter the password again."),
            EqualTo("password", "The passwords do not match."),
        ],
    )


class NewPasswordForm(Form):
    """Setting a password without knowing the one before."""

    password = PasswordField("New password", CHOSEN_PASSWORD)
    password_confirm = PasswordField(
        "Confirm password",
        [
            InputRequired("Enter the password again."),
            EqualTo("password", "The passwords do not match."),
        ],
    )


class ChangePasswordForm(NewPasswordForm):
    """Changing one's own password."""

    current_password = PasswordField("Current password", [InputRequired("Enter your current password.")])
    end_tokens = BooleanField("Revoke my API tokens as well")


class AddressForm(Form):
    """Asking for a link, or naming a new address."""

    email = StringField(
        "Email", [InputRequired("Enter an email address."), EMAIL_RULE, EMAIL_SHAPE], [trimmed]
    )


class ChangeAddressForm(AddressForm):
    """Changing one's own address."""

    # The form to change the password stands on the same page, with a field of this name.
    current_password = PasswordField(
        "Your password", [InputRequired("Enter your password.")], id="address_current_password"
    )


class InvitationForm(AddressForm):
    """Inviting somebody."""

    role = SelectField("Role")


class AcceptForm(NewPasswordForm):
    """Making the account that one was invited to."""

    username = StringField("User name", [InputRequired("Choose a user name."), USERNAME_RULE], [trimmed])


class Checkboxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    option_widget = CheckboxInput()


class RoleForm(Form):
    """What a role is called, and what it allows."""

    title = StringField(
        "Title",
        [
            InputRequired("Give the role a title."),
            Length(max=ROLE_TITLE_CHARACTERS, message="A title has at most %(max)d characters."),
        ],
        [trimmed],
    )
    permissions = Checkboxes("Permissions")
    rank = IntegerField(
        "Level",
        [InputRequired("Enter a level: a whole number.")],
        description="People with a higher level can change the accounts of those with a lower one. Administrators have "
        f"{HIGHEST_RANK}, editors 50, readers 10.",
    )
    requires_second_factor = BooleanField(
        "Require two-factor authentication (2FA)",
        description="People with this role set up 2FA before they can do anything else.",
    )
    version = HiddenField(validators=[Length(max=40)])


TOKEN_DAYS = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year"))


class TokenForm(Form):
    """A personal token: what for, how long, and what it may do."""

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


class RoleDeletionForm(Form):
    """Who gets which role when one is deleted."""

    heir = SelectField("New role of these people")


class CodeForm(Form):
    """The second factor: a code."""

    otp = StringField("Code", [InputRequired("Enter a code."), CODE_RULE], [trimmed])


class PasskeyForm(Form):
    """What a device answered; a script fills it in."""

    credential = HiddenField(validators=[InputRequired("Your browser sent no passkey. Try again.")])


class AddPasskeyForm(PasskeyForm):
    """A new passkey and what to call it."""

    name = StringField("Name", PASSKEY_NAME, [trimmed])


class PasskeyNameForm(Form):
    """Another name for a passkey."""

    name = StringField("Name", PASSKEY_NAME, [trimmed])


class AuthenticatorForm(CodeForm):
    """The first code of a new app; its secret comes along, sealed."""

    sealed = HiddenField()


class ConfirmForm(Form):
    """Proving once more who one is."""

    password = PasswordField("Password", [InputRequired("Enter your password.")])
    otp = StringField("Code", [CODE_RULE], [trimmed])


class ClosingForm(Form):
    """Asking for the deletion of one's account."""

    posts = RadioField(
        "Your posts", choices=[choice(fate.value, fate.sentence_on_posts) for fate in Fate], default=Fate.KEEP
    )
    heir = SelectField("Who gets them, if you hand them over", validate_choice=False)
    comments = RadioField(
        "Your comments",
        choices=[choice(fate.value, fate.sentence_on_comments) for fate in (Fate.KEEP, Fate.ANONYMISE)],
        default=Fate.KEEP,
    )
    is_sure = BooleanField(
        "Delete my account", [InputRequired("Check this box to confirm that you want your account deleted.")]
    )


class AccountDeletionForm(Form):
    """Deleting somebody else's account."""

    content = RadioField(
        "Posts and comments",
        choices=[choice(fate.value, fate.sentence_on_content) for fate in Fate],
        default=Fate.KEEP,
    )
    heir = SelectField("Who gets the posts, if somebody does", validate_choice=False)
    is_sure = BooleanField(
        "Delete this account permanently",
        [InputRequired("Check this box to confirm that you want this account deleted.")],
    )


class PressForm(Form):
    """A button and nothing else."""


class ConfirmAddressForm(Form):
    """Confirming an address; with the password of the account, if one knows it."""

    password = PasswordField("Your password")


class ProfileForm(Form):
    """What readers see of a person."""

    name = StringField(
        "Name", [Length(max=NAME_CHARACTERS, message="A name has at most %(max)d characters.")], [trimmed]
    )
    bio = TextAreaField(
        "About you",
        [Length(max=BIO_CHARACTERS, message="Write at most %(max)d characters about yourself.")],
        [trimmed],
    )
    website = StringField(
        "Website",
        [
            Optional(),
            Length(max=WEBSITE_CHARACTERS, message="An address has at most %(max)d characters."),
            Regexp(r"https?://", message="The address of a website begins with https:// or http://."),
            URL(message="This is not the address of a website."),
        ],
        [trimmed],
    )
    time_zone = time_zone_field(
        "You see and enter times in this zone wherever you work.", empty="That of the publication"
    )
    avatar = StringField(
        "Portrait",
        [Length(max=WEBSITE_CHARACTERS, message="An address has at most %(max)d characters.")],
        [trimmed],
        description="The address of a picture of this site, such as /media/ab/cd.jpg. Empty: your initials.",
    )

    def changes(self, user: User) -> dict[str, str]:
        """What was sent, and is not as the page had shown it; the arguments of `masthead.people.actions.update_profile`."""
        shown = ProfileForm(None, obj=user)
        fields = (self.name, self.bio, self.website, self.time_zone, self.avatar)
        return {
            field.name: (field.data or "").replace("\r\n", "\n")
            for field in fields
            if was_sent(field) and not is_as_shown(field, shown[field.name])
        }
