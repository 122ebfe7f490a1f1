"""Bylines: credited people without an account. `masthead.people.actions` creates accounts."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import null
from sqlalchemy.exc import IntegrityError

from masthead.db import db
from masthead.errors import Invalid
from masthead.people import actions, queries, validation
from masthead.people.errors import UsernameTaken
from masthead.people.models import NAME_CHARACTERS, USERNAME_CHARACTERS, Role, User
from masthead.people.names import display_names
from masthead.people.permissions import READER
from masthead.text.names import lookalike_key, name_key
from masthead.text.slugs import slugify


@dataclass(frozen=True, slots=True)
class Byline:
    """A credited person without an account."""

    name: str
    #: The preferred user name.
    username: str
    bio: str = ""
    website: str = ""


def create(*, name: str, username: str, at: datetime, bio: str = "", website: str = "") -> User:
    """Create a byline with the first free user name that resembles the preferred one."""
    return create_all([Byline(name, username, bio, website)], at=at)[0]


def create_all(people: Sequence[Byline], *, at: datetime) -> list[User]:
    """Create many bylines in few statements, in this order; raises `UsernameTaken` if a concurrent request takes a name."""
    stems = [_stem(person.username) for person in people]
    taken, role = queries.usernames_among(stems), queries.role(READER)
    made = []
    for person, stem in zip(people, stems, strict=True):
        user = _byline(_free_username(stem, taken), role, at)
        taken |= {user.username_key, lookalike_key(user.username)}
        user.name, user.bio, user.website = person.name[:NAME_CHARACTERS], person.bio, person.website
        made.append(user)
    _tell_apart(made)
    try:
        with db.session.begin_nested():
            db.session.add_all(made)
    except IntegrityError:
        raise UsernameTaken(stems[0]) from None
    return made


def _stem(username: str) -> str:
    shortest, longest = USERNAME_CHARACTERS
    stem = slugify(username)[:longest].strip("-")
    return stem if len(stem) >= shortest else f"author-{stem}"


def _free_username(stem: str, taken: AbstractSet[str]) -> str:
    """Return the stem, or the stem with the first free number."""
    # `taken` knows the stems. Names with a number need a query.
    candidate, number = stem, 1
    while not taken.isdisjoint((name_key(candidate), lookalike_key(candidate))) or (
        number > 1 and queries.usernames_among([candidate])
    ):
        number += 1
        candidate = f"{stem[: USERNAME_CHARACTERS[1] - 6]}-{number}"
    return candidate


def restore(*, name: str, username: str, at: datetime, bio: str = "", website: str = "") -> User:
    """Create a byline with exactly this user name, from an export of Masthead; raises `Invalid` or `UsernameTaken`."""
    if not validation.is_username(username):
        raise Invalid(f"“{username[:40]}” cannot be a user name.", field="username")
    user = _byline(username, queries.role(READER), at)
    user.name, user.bio, user.website = name[:NAME_CHARACTERS], bio, website
    _tell_apart([user])
    if lookalike_key(username) in queries.usernames_among([username]):
        # Both names existed in the exported publication, so the new byline may look like the existing user.
        user.username_lookalike = null()
    actions.insert(user)
    return user


def _tell_apart(made: Sequence[User]) -> None:
    """Append the user name to a byline's name if an account displays the same name: it may be another person."""
    shown = display_names.keys_of_accounts(user.name for user in made)
    for user in made:
        if user.name_key in shown:
            suffix = f" ({user.username})"
            user.name = user.name[: NAME_CHARACTERS - len(suffix)] + suffix


def _byline(username: str, role: Role, at: datetime) -> User:
    return User(
        username=username,
        username_key=name_key(username),
        is_byline=True,
        role=role,
        created_at=at,
        updated_at=at,
    )


def rename(user: User, name: str) -> None:
    """Rename a byline (imports). If an account displays the same name, the user name is appended."""
    user.name = name[:NAME_CHARACTERS]
    _tell_apart([user])


def complete(user: User, *, name: str, bio: str, website: str) -> None:
    """Fill the empty fields of a profile from an export that describes the same person (imports)."""
    if not display_names.keys_of_accounts([name], but=[user.id]):
        user.name = user.name or name[:NAME_CHARACTERS]
    user.bio, user.website = user.bio or bio, user.website or website
