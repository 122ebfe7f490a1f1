"""The cast: people who appear in every test under the same name and in the same role."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from masthead import clock
from masthead.db import db
from masthead.login import passwords
from masthead.people.models import Role, User
from masthead.text.names import name_key
from tests.support.databases import Database

#: Everybody's password.
PASSWORD = "a lamp, a desk and a deadline"
#: First name and role.
ROLES = {
    "ada": "administrator",
    "edith": "editor",
    "mona": "moderator",
    "walt": "author",
    "colin": "contributor",
    "rhea": "reader",
}
_hashes: dict[Flask, str] = {}


@dataclass(frozen=True)
class Cast:
    """The people; detached from the database, with their roles."""

    ada: User
    edith: User
    mona: User
    walt: User
    colin: User
    rhea: User

    def everybody(self) -> dict[str, User]:
        """The people by the name of their role."""
        return {role: getattr(self, name) for name, role in ROLES.items()}


def password_hash(app: Flask) -> str:
    """The hash of everybody's password, made once."""
    if app not in _hashes:
        with app.app_context():
            _hashes[app] = passwords.hash_password(PASSWORD)
    return _hashes[app]


@pytest.fixture
def cast(database: Database) -> Cast:
    """Ada, Edith, Mona, Walt, Colin and Rhea have accounts."""
    hashed = password_hash(database.app)
    with database.app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        roles = {role.name: role for role in session.scalars(select(Role))}
        at = clock.now()
        for name, role in ROLES.items():
            email = f"{name}@example.org"
            session.add(
                User(
                    username=name,
                    username_key=name_key(name),
                    email=email,
                    email_key=email,
                    name=name.capitalize(),
                    password_hash=hashed,
                    confirmed_at=at,
                    role=roles[role],
                )
            )
        session.commit()
        people = session.scalars(select(User).options(joinedload(User.role))).all()
        session.expunge_all()
    return Cast(**{user.username: user for user in people})
