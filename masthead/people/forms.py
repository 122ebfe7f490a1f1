"""The profile form, and rules that several forms about accounts share."""

from typing import Any

from wtforms import (
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import choices
from wtforms.validators import URL, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput

from masthead.people.models import (
    BIO_CHARACTERS,
    EMAIL_CHARACTERS,
    NAME_CHARACTERS,
    USERNAME_CHARACTERS,
    WEBSITE_CHARACTERS,
    User,
)
from masthead.web.forms.base import Form, time_zone_field, trimmed
from masthead.web.forms.fields import is_as_shown, was_sent

#: The type stubs of WTForms lack this class.
choice: Any = vars(choices)["SelectChoice"]
USERNAME_RULE = Length(*USERNAME_CHARACTERS, message="A user name has %(min)d to %(max)d characters.")
EMAIL_RULE = Length(max=EMAIL_CHARACTERS, message="An email address has at most %(max)d characters.")
EMAIL_SHAPE = Regexp(
    r"[^@\s]+@[^@\s]+", message="This is not an email address. It should look like name@example.org."
)


class Checkboxes(SelectMultipleField):
    """A multiple choice as a list of checkboxes."""

    option_widget = CheckboxInput()


class ProfileForm(Form):
    """The public profile, the time zone and the portrait."""

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
        "You see and enter times in this zone wherever you work.", empty="The time zone of the publication"
    )
    avatar = StringField(
        "Portrait",
        [Length(max=WEBSITE_CHARACTERS, message="An address has at most %(max)d characters.")],
        [trimmed],
        description="The URL of a picture on this site, such as /media/ab/cd.jpg. Leave empty to show your initials.",
    )

    def changes(self, user: User) -> dict[str, str]:
        """Return the submitted fields that differ from the stored ones, as arguments of `masthead.people.actions.update_profile`."""
        shown = ProfileForm(None, obj=user)
        fields = (self.name, self.bio, self.website, self.time_zone, self.avatar)
        return {
            field.name: (field.data or "").replace("\r\n", "\n")
            for field in fields
            if was_sent(field) and not is_as_shown(field, shown[field.name])
        }
