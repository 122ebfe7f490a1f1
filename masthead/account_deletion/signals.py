"""What accounts tell the features above them, which answer in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blinker import Namespace

from masthead.people.models import User


@dataclass(frozen=True, slots=True)
class PersonalDataSection:
    """A part of what the site knows of somebody: rows of plain values."""

    name: str
    title: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ContentTransfer:
    """An account is deleted now. Where no heir is named, the texts stay with the name of their author."""

    user: User
    posts_to: User | None
    comments_to: User | None
    #: Who stands for the person in the history of texts that go to somebody else.
    former_member: User | None
    at: datetime


_namespace = Namespace()

#: Sent with a `Farewell`: hand over what the person made.
transfer_content = _namespace.signal("account-closed")

#: Sent with a `User`: answer with a list of `Section`s, all that the feature knows of the person.
export_personal_data = _namespace.signal("personal-data-asked")
