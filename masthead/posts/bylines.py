"""Resolves the names above a post to the people who are credited.

A user name means its account or byline. Any other name with a space, or in quotation marks, means a guest: a credited
person who cannot sign in. Any other single word is more often a mistake than a guest, and is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from masthead.db import db
from masthead.errors import Invalid, NotAllowed
from masthead.people import bylines, queries
from masthead.people.bylines import Byline
from masthead.people.models import NAME_CHARACTERS, User
from masthead.people.names import display_names
from masthead.people.permissions import Permission
from masthead.posts.models import Post
from masthead.posts.permissions import can_credit
from masthead.posts.public_people import known
from masthead.text.names import has_hidden_characters, name_key, shown_key
from masthead.text.plain import is_storable

#: The maximum number of bylines; more would be a list of thanks.
AUTHORS_LIMIT: Final = 40
_QUOTES: Final = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"))
SUGGESTIONS: Final = 200


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as typed."""

    text: str
    is_quoted: bool

    @property
    def is_of_a_guest(self) -> bool:
        """True if the name can only be a guest's, unless somebody has it."""
        return self.is_quoted or " " in self.text


def parse(text: str) -> tuple[str, ...]:
    """Return the names in a comma-separated list."""
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def written(post: Post) -> str:
    """Return the list that `parse` reads."""
    return ", ".join(user.username for user in post.bylines or [post.author])


def people(names: Iterable[str], *, post: Post | None, by: User, at: datetime) -> list[User]:
    """Return the people with these names, in order, and create guests; raises `Invalid` and `NotAllowed`."""
    wanted = [_name(name) for name in names]
    if len(wanted) > AUTHORS_LIMIT:
        raise Invalid(f"A post credits at most {AUTHORS_LIMIT} people.", field="authors")
    present = [by] if post is None else post.bylines or [post.author]
    known = _known(wanted, {user.id for user in present})
    guests = [name.text for name in wanted if name.text not in known]
    if guests and not can_credit(by, {user.id for user in present}, {by.id}):
        raise NotAllowed(
            "Only an editor can change who is credited, or somebody who is credited and stays in the list."
        )
    known |= _made(list(dict.fromkeys(guests)), at=at)
    return list({known[name.text].id: known[name.text] for name in wanted}.values())


def _name(given: str) -> _Name:
    text = " ".join(given.split())
    for before, after in _QUOTES:
        if len(text) > 2 and text.startswith(before) and text.endswith(after):
            return _checked(text[1:-1].strip(), is_quoted=True)
    return _checked(text.removeprefix("@"), is_quoted=False)


def _checked(text: str, *, is_quoted: bool) -> _Name:
    if not text or "," in text or len(text) > NAME_CHARACTERS or not is_storable(text):
        raise Invalid(
            f"A name has 1 to {NAME_CHARACTERS} characters. Separate names with commas.",
            field="authors",
        )
    if has_hidden_characters(text):
        raise Invalid(f"“{text[:40]}” contains invisible characters.", field="authors")
    return _Name(text, is_quoted)


def _known(wanted: Sequence[_Name], present: set[int]) -> dict[str, User]:
    """Return the existing people, by the names as typed."""
    keys = [name_key(name.text) for name in wanted]
    named = {
        user.username_key: user
        for user in db.session.scalars(queries.users().where(User.username_key.in_(keys)))
    }
    found = {}
    for key, name in zip(keys, wanted, strict=True):
        user = named.get(key) or _called(name)
        if user is None:
            continue
        if user.id not in present and not (user.is_byline or Permission.WRITE in user.role.granted):
            raise Invalid(
                f"{user.display_name} does not write here, and cannot be credited.", field="authors"
            )
        found[name.text] = user
    return found


def _called(name: _Name) -> User | None:
    """Return the one person with this display name; None for a new guest. Raises `Invalid`."""
    called = db.session.scalars(
        queries.users()
        .where(User.name_key == shown_key(name.text), User.is_active)
        .order_by(User.id)
        .limit(AUTHORS_LIMIT)
    ).all()
    writers = [user for user in called if user.is_byline or user.can(Permission.WRITE)]
    if len(writers) == 1:
        return writers[0]
    if writers:
        usernames = ", ".join(user.username for user in writers)
        raise Invalid(
            f"Several people are called “{name.text}”. Write the user name: {usernames}.", field="authors"
        )
    if not name.is_of_a_guest:
        raise Invalid(
            f"Nobody has the user name “{name.text}”. To credit a guest, write a full name, or put the name in quotation marks.",
            field="authors",
        )
    return None


def _made(names: Sequence[str], *, at: datetime) -> dict[str, User]:
    if not names:
        return {}
    if queries.usernames_among(names):
        raise Invalid(
            "The name of a guest looks like somebody's user name. Write the full name.", field="authors"
        )
    if display_names.keys_of_accounts(names):
        raise Invalid(
            "This guest is named like somebody with an account here. Write the name differently.",
            field="authors",
        )
    made = bylines.create_all([Byline(name, name) for name in names], at=at)
    return dict(zip(names, made, strict=True))


def suggestions() -> list[tuple[str, str]]:
    """Return the user names and display names of people who can be credited."""
    writers = known("").limit(SUGGESTIONS)
    return [(user.username, user.display_name) for user in db.session.scalars(writers)]
