"""The names that readers see: nobody shows somebody else's, nor one that the eye takes for it."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, func, or_, select

from masthead.db import db
from masthead.errors import Invalid
from masthead.people.models import User
from masthead.people.queries import AT_ONCE
from masthead.text.names import shown_key

#: The byline of everybody who left without a name; nobody else is called so.
FORMER_MEMBER = "Former member"
TAKEN = "Somebody else here is called this, or something that looks the same. Choose another name."


def check(name: str, *, of: User | None) -> None:
    """Raise `Invalid` if readers would take the name for somebody else's; until the transaction ends nobody else takes it."""
    key = shown_key(name)
    if key is not None and is_taken(key, User.name_key == key, User.username_lookalike == key, of=of):
        raise Invalid(TAKEN, field="name")


def is_displayed(username: str, *, of: User | None) -> bool:
    """True if the user name reads like the name that somebody else shows."""
    key = shown_key(username)
    return key is not None and is_taken(key, User.name_key == key, of=of)


def is_taken(key: str, *ways: ColumnElement[bool], of: User | None) -> bool:
    """True if somebody else has the key in one of these ways, or it stands for those who left."""
    if db.session.get_bind().dialect.name == "postgresql":
        # Of two who choose one name at the same moment the second waits, and sees the first one's. SQLite has one writer.
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    others = select(User.id).where(or_(*ways))
    if of is not None:
        others = others.where(User.id != of.id)
    return key == shown_key(FORMER_MEMBER) or db.session.scalar(others.limit(1)) is not None


def keys_of_accounts(names: Iterable[str], *, but: Collection[int] = ()) -> set[str]:
    """The keys of those of these names that somebody with an account shows."""
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
