"""Uniqueness of display names: nobody displays the name of somebody else, or a lookalike of it."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, func, or_, select

from masthead.db import db
from masthead.errors import Invalid
from masthead.people.models import User
from masthead.people.queries import AT_ONCE
from masthead.text.names import shown_key

#: The byline for deleted accounts whose texts are anonymised. Nobody else can have this name.
FORMER_MEMBER = "Former member"
TAKEN = "Somebody else here is called this, or something that looks the same. Choose another name."


def check(name: str, *, of: User | None) -> None:
    """Raise `Invalid` if the name looks like somebody else's. The name stays locked until the transaction ends."""
    key = shown_key(name)
    if key is not None and is_taken(key, User.name_key == key, User.username_lookalike == key, of=of):
        raise Invalid(TAKEN, field="name")


def is_displayed(username: str, *, of: User | None) -> bool:
    """Return True if somebody else displays a name that looks like this user name."""
    key = shown_key(username)
    return key is not None and is_taken(key, User.name_key == key, of=of)


def is_taken(key: str, *ways: ColumnElement[bool], of: User | None) -> bool:
    """Return True if another user matches one of the conditions, or the key is reserved for former members."""
    if db.session.get_bind().dialect.name == "postgresql":
        # Concurrent transactions that choose the same name wait for each other here. SQLite has one writer anyway.
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    others = select(User.id).where(or_(*ways))
    if of is not None:
        others = others.where(User.id != of.id)
    return key == shown_key(FORMER_MEMBER) or db.session.scalar(others.limit(1)) is not None


def keys_of_accounts(names: Iterable[str], *, but: Collection[int] = ()) -> set[str]:
    """Return the keys of the names that accounts display."""
    keys = sorted({key for key in map(shown_key, names) if key is not None})
    chunks = (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
    found = {
        key
        for chunk in chunks
        for row in db.session.execute(
            select(User.name_key, User.username_lookalike).where(
                User.is_byline.is_(False),
                User.id.not_in(but),
                or_(User.name_key.in_(chunk), User.username_lookalike.in_(chunk)),
            )
        )
        for key in row
    }
    return {key for key in found if key is not None}.intersection(keys)
