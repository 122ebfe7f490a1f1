"""User names for WordPress, which keeps ASCII letters, digits, spaces and a few marks."""

import re
from typing import Final

from masthead.people.models import User
from masthead.text.slugs import slugify

_KEPT: Final = re.compile(r"[A-Za-z0-9 _.\-@]{1,60}")


def login_of(user: User) -> str:
    """The user name; of one with other characters, its ASCII form with the number of the user."""
    if _KEPT.fullmatch(user.username):
        return user.username
    return f"{slugify(user.username)[:40]}-{user.id}"
