"""Everything that is wrong with an account that somebody sent, said at once."""

from collections.abc import Mapping
from typing import Any

from masthead.accounts import actions, passwords, queries, shown_names
from masthead.accounts.errors import EmailTaken, UsernameTaken
from masthead.accounts.models import User
from masthead.errors import Invalid, Mistakes
from masthead.web import limits


def judge_registration(said: Mapping[str, Any]) -> tuple[Invalid, ...]:
    """What strangers learn of their own mistakes: that a user name is taken, and never that an address is.

    A name is asked about as often as accounts can be made, so that nobody lists the names by mistakes made on purpose.
    """
    if "username" in said and not limits.is_free("registration", limits.caller()):
        return judge(
            {name: value for name, value in said.items() if name != "username"}, tells_addresses=False
        )
    return judge(said, tells_addresses=False)


def judge(said: Mapping[str, Any], *, user: User | None = None, tells_addresses: bool) -> tuple[Invalid, ...]:
    """What cannot be accepted of a new account, or of ``user``, who changes; what was not sent is left out."""
    mistakes = Mistakes()
    about = tuple(said[name] for name in ("username", "email") if said.get(name))
    with mistakes:
        if "username" in said:
            _check_username(said["username"])
    with mistakes:
        if "email" in said:
            _check_email(said["email"], tells_addresses=tells_addresses)
    with mistakes:
        if "password" in said:
            passwords.check(said["password"], about=about)
    with mistakes:
        if said.get("role") is not None:
            queries.chosen_role(said["role"], field="role")
    with mistakes:
        if said.get("name"):
            actions.check_name_of(user, said["name"])
    with mistakes:
        if said.get("avatar"):
            actions.check_avatar_of(user, said["avatar"])
    return mistakes.found


def _check_username(username: str) -> None:
    actions.checked_username(username)
    if queries.usernames_among([username]) or shown_names.is_shown(username, of=None):
        raise UsernameTaken(username)


def _check_email(email: str, *, tells_addresses: bool) -> None:
    checked = actions.checked_email(email)
    if tells_addresses and queries.by_email(checked) is not None:
        raise EmailTaken(checked)
