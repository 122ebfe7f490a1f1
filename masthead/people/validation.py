"""Validation of user names, email addresses, display names and avatars."""

import re

from email_validator import EmailNotValidError, validate_email

from masthead.errors import Invalid
from masthead.people.models import USERNAME_CHARACTERS, USERNAME_KEY_CHARACTERS, User
from masthead.people.names import display_names, reserved_names
from masthead.text.names import has_hidden_characters, lookalike_key, mixes_scripts, name_key, tidy_name

USERNAME = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")


#: A path in the media store, without parent folders and without characters that could end an HTML attribute.
AVATAR = re.compile(r"/media/(?!.*\.\.)[\w./-]{1,500}", re.ASCII)


def is_username(username: str) -> bool:
    """Return True if the name has the form of a user name; accounts need more, see `normalize_username`."""
    shortest, longest = USERNAME_CHARACTERS
    return shortest <= len(username) <= longest and _has_username_form(username)


def _has_username_form(username: str) -> bool:
    # One character can expand to a whole phrase in the key.
    return USERNAME.fullmatch(username) is not None and len(name_key(username)) <= USERNAME_KEY_CHARACTERS


def normalize_username(username: str) -> str:
    """Return the user name; raises `Invalid` unless an account can have it."""
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
    """Return the normalized email address; raises `Invalid`."""
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise Invalid(
            "This is not an email address. It should look like name@example.org.", field="email"
        ) from None


def check_display_name(user: User | None, name: str) -> None:
    """Raise `Invalid` if a new name looks like somebody else's. Without ``user``, the account is new."""
    if user is None or tidy_name(name) != user.name:
        display_names.check(name, of=user)


def check_avatar(user: User | None, address: str | None) -> None:
    """Raise `Invalid` unless the avatar is a picture of this site, empty, or unchanged."""
    is_new = bool(address) and (user is None or address != user.avatar)
    if is_new and not AVATAR.fullmatch(address or ""):
        raise Invalid(
            "The address of a portrait begins with /media/: a picture of this site.", field="avatar"
        )
