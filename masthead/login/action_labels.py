"""Labels of actions and fields, for the page that offers a form again after reauthentication."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from masthead.api_tokens.forms import TOKEN_DAYS
from masthead.api_tokens.personal_tokens import SCOPES
from masthead.db import db
from masthead.errors import NotFound
from masthead.people import queries
from masthead.people.permissions import Permission

#: Longer values are shortened: people need to recognise them, not to read them.
SHOWN_CHARACTERS = 80

UNKNOWN_ACTION = "Send the form"
#: Endpoint → the label of its form, as heading and button. ``{name}`` is the affected person or role.
LABELS = {
    "user_admin.set_role": "Change the role of {name}",
    "user_credentials_admin.send_invitation": "Invite somebody",
    "user_credentials_admin.reset_link": "Create password reset link for {name}",
    "user_credentials_admin.reset_factor": "Reset 2FA of {name}",
    "account_deletion_admin.remove": "Delete the account of {name}",
    "mfa.store_passkey": "Add a passkey",
    "mfa.add_authenticator": "Set up the authenticator app",
    "mfa.remove_authenticator": "Remove the authenticator app",
    "mfa.remove_passkey": "Remove the passkey",
    "mfa.rename_passkey": "Rename the passkey",
    "mfa.renew_recovery_codes": "Generate new recovery codes",
    "invitations_admin.again": "Create a new invitation link",
    "personal_tokens.create": "Create token",
    "account_deletion.close": "Delete my account",
    "account_deletion.download": "Export my data",
    "roles_admin.store": "Create role",
    "roles_admin.remove": "Delete the role {name}",
    "roles_admin.save": "Change the role {name}",
    "security.change_address": "Change my email",
    "imports_admin.run": "Run the import",
}

#: The label of a field, and a function that makes its value readable.
FieldLabel = tuple[str, Callable[[str], str]]


@dataclass(frozen=True, slots=True)
class ActionSummary:
    """The label of an action, and its fields with readable values."""

    label: str
    fields: tuple[tuple[str, str], ...]


def summarize(
    endpoint: str, arguments: Mapping[str, int], fields: Iterable[tuple[str, str]]
) -> ActionSummary:
    """Summarize a form. Fields without a label or value are omitted."""
    facts: dict[str, list[str]] = {}
    for name, value in fields:
        label, said = _FIELDS.get(name, ("", str))
        if label and value:
            facts.setdefault(label, []).append(_shortened(said(value)))
    listed = tuple((label, "; ".join(values)) for label, values in facts.items())
    # A form may have been signed by an earlier release, which called its view otherwise.
    return ActionSummary(LABELS.get(endpoint, UNKNOWN_ACTION).format(name=_name(arguments)), listed)


def _name(arguments: Mapping[str, int]) -> str:
    try:
        if "user_id" in arguments:
            return queries.get(arguments["user_id"]).display_name
        if "role_id" in arguments:
            return queries.role_with_id(arguments["role_id"]).title
    except NotFound:
        return "somebody who is gone" if "user_id" in arguments else "that is gone"
    return ""


def _shortened(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1]}…"


def _role(name: str) -> str:
    titles = {role.name: role.title for role in db.session.scalars(queries.roles())}
    return titles.get(name, name)


def _right(value: str) -> str:
    return Permission(value).sentence if value in set(Permission) else value


def _scope(value: str) -> str:
    return SCOPES[value][0] if value in SCOPES else value


def _days(value: str) -> str:
    return {str(days): text for days, text in TOKEN_DAYS}.get(value, value)


#: Field → its label, and a function that makes its value readable. Other fields are not shown.
_FIELDS: dict[str, FieldLabel] = {
    "email": ("Email", str),
    "title": ("Title", str),
    "name": ("Name", str),
    "role": ("Role", _role),
    "heir": ("Who takes over", _role),
    "rank": ("Level", str),
    "permissions": ("Permissions", _right),
    "requires_second_factor": ("Two-factor authentication", lambda value: "required"),
    "days": ("Expires in", _days),
    "scopes": ("Permissions", _scope),
}


def add_fields(fields: Mapping[str, FieldLabel]) -> None:
    """Add the fields of a feature above this one."""
    _FIELDS.update(fields)
