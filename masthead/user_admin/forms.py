"""Forms for inviting people and for roles."""

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from masthead.login.forms import EmailForm, NewPasswordForm
from masthead.people.forms import USERNAME_RULE, Checkboxes
from masthead.people.models import ROLE_TITLE_CHARACTERS
from masthead.people.permissions import HIGHEST_RANK
from masthead.web.forms.base import Form, trimmed


class InvitationForm(EmailForm):
    """Invite somebody."""

    role = SelectField("Role")


class AcceptInvitationForm(NewPasswordForm):
    """Create the account that one was invited to."""

    username = StringField("User name", [InputRequired("Choose a user name."), USERNAME_RULE], [trimmed])


class RoleForm(Form):
    """Title, rank and permissions of a role."""

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


class RoleDeletionForm(Form):
    """Choose the role that replaces a deleted one."""

    heir = SelectField("New role of these people")
