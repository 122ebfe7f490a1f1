"""Validation of user names, email addresses, display names and avatars."""

import re

from email_validator import EmailNotValidError, validate_email

from masthead.errors import Invalid
from masthead.people import display_names, reserved_names
from masthead.people.models import USERNAME_CHARACTERS, USERNAME_KEY_CHARACTERS, User
from masthead.text.names import has_hidden_characters, lookalike_key, mixes_scripts, name_key, tidy_name

USERNAME = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")


#: A path of the media store, without anything that would lead out of it or out of the attribute that it is written into.
AVATAR = re.compile(r"/media/(?!.*\.\.)[\w./-]{1,500}", re.ASCII)


def is_username(username: str) -> bool:
    """Whether the name has the form of a user name; accounts ask for more, see `checked_username`."""
    shortest, longest = USERNAME_CHARACTERS
    return shortest <= len(username) <= longest and _has_username_form(username)


def _has_username_form(username: str) -> bool:
    # One sign can stand for a whole phrase, which the key spells out.
    return USERNAME.fullmatch(username) is not None and len(name_key(username)) <= USERNAME_KEY_CHARACTERS


def normalize_username(username: str) -> str:
    """The user name, if it can be one; raises `Invalid`."""
    shortest, longest = USERNAME_CHARACTERS
    if not shortest <= len(username) <= longest:
        raise Invalid(f"A user name has {shortest} to {longest} characters.", field="username")
    if not _has_username_form(username):
        raise Invalid(
            "A user name holds letters, digits, hyphens, dots and underscores, and begins and ends with a letter or digit.",
            field="username",
        )
    if has_hidden_characters(username) or mixes_scripts(username):
        raise Invalid(
            "A user name is written in one script, with letters that can be seen.", field="username"
        )
    if lookalike_key(username) in reserved_names.NAMES:
        raise Invalid("This user name is reserved. Choose another one.", field="username")
    return username


def normalize_email(email: str) -> str:
    """The address in its normal form, if it can be one; raises `Invalid`."""
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise Invalid(
            "This is not an email address. It should look like name@example.org.", field="email"
        ) from None


def check_display_name(user: User | None, name: str) -> None:
    """Raise `Invalid` if readers would take a new name for somebody else's; without ``user`` that of a new account."""
    if user is None or tidy_name(name) != user.name:
        display_names.check(name, of=user)


def check_avatar(user: User | None, address: str | None) -> None:
    """Raise `Invalid` unless it is a picture of this site, none, or what was there."""
    is_new = bool(address) and (user is None or address != user.avatar)
    if is_new and not AVATAR.fullmatch(address or ""):
        raise Invalid(
            "The address of a portrait begins with /media/: a picture of this site.", field="avatar"
        )
