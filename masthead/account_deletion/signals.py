"""Signals to features with data of users. Receivers run in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blinker import Namespace

from masthead.people.models import User


@dataclass(frozen=True, slots=True)
class PersonalDataSection:
    """A section of the export: rows of plain values."""

    name: str
    title: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ContentTransfer:
    """The deletion of an account. Texts without a recipient keep the name of their author."""

    user: User
    posts_to: User | None
    comments_to: User | None
    #: The byline that replaces the person in the history of transferred texts.
    former_member: User | None
    at: datetime


_namespace = Namespace()

#: Sent with a `ContentTransfer`: transfer the person's content to its recipients.
transfer_content = _namespace.signal("account-closed")

#: Sent with a `User`: return a list of `PersonalDataSection`s, all that the feature stores about the person.
export_personal_data = _namespace.signal("personal-data-asked")
