"""Signals of the deletion of accounts; features above answer in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from blinker import Namespace

from masthead.people.models import User


@dataclass(frozen=True, slots=True)
class ContentTransfer:
    """Who gets the content of an account that is deleted now; None leaves it with the name of its author."""

    user: User
    posts_to: User | None
    comments_to: User | None
    #: The byline that replaces the person in the history of transferred texts.
    former_member: User | None
    at: datetime


_namespace = Namespace()

#: Sent with a `ContentTransfer` when an account is deleted.
transfer_content = _namespace.signal("account-closed")
