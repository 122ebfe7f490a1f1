"""Validation of the input for accounts; it returns all errors at once."""

from collections.abc import Callable, Mapping
from typing import Any

from masthead.errors import Invalid, Mistakes
from masthead.login import passwords, registration
from masthead.people import queries, validation
from masthead.people.errors import EmailTaken, UsernameTaken
from masthead.people.models import User
from masthead.people.names import display_names
from masthead.web.limits import throttling


def validate_registration(said: Mapping[str, Any]) -> tuple[Invalid, ...]:
    """Validate a registration by a stranger. It reveals that a user name is taken, and never that an address is.

    User names are checked only within the registration limit, so that nobody can enumerate them.
    """
    if (
        "username" in said
        and not registration.is_counted()
        and not throttling.is_free("registration", throttling.caller())
    ):
        return validate({name: value for name, value in said.items() if name != "username"})
    return validate(said)


def validate(
    said: Mapping[str, Any],
    *,
    user: User | None = None,
    is_taken: Callable[[str], bool] = lambda _email: False,
) -> tuple[Invalid, ...]:
    """Return all errors of the input for a new account, or for a change of ``user``. Omitted fields are not checked."""
    mistakes = Mistakes()
    about = tuple(said[name] for name in ("username", "email") if said.get(name))
    with mistakes:
        if "username" in said:
            _check_username(said["username"])
    with mistakes:
        if "email" in said:
            _check_email(said["email"], is_taken)
    with mistakes:
        if "password" in said:
            passwords.check(said["password"], about=about)
    with mistakes:
        if said.get("role") is not None:
            queries.chosen_role(said["role"], field="role")
    with mistakes:
        if said.get("name"):
            validation.check_display_name(user, said["name"])
    with mistakes:
        if said.get("avatar"):
            validation.check_avatar(user, said["avatar"])
    return mistakes.found


def _check_username(username: str) -> None:
    validation.normalize_username(username)
    if queries.usernames_among([username]) or display_names.is_displayed(username, of=None):
        raise UsernameTaken(username)


def _check_email(email: str, is_taken: Callable[[str], bool]) -> None:
    checked = validation.normalize_email(email)
    if is_taken(checked):
        raise EmailTaken(checked)


def has_account(email: str) -> bool:
    """Return True if an account has the address. Only for administrators."""
    return queries.by_email(email) is not None


def cannot_be_invited(email: str) -> bool:
    """Return True if an account with a confirmed address exists. Only for administrators."""
    occupied = queries.by_email(email)
    return occupied is not None and not occupied.is_unconfirmed
