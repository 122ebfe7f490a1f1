"""People."""

from typing import Any

import factory

from masthead import clock
from masthead.db import db
from masthead.people import queries
from masthead.people.models import User
from masthead.text.names import name_key
from tests.factories.storing import storing
from tests.support.people import password_hash


class UserFactory(factory.Factory[User]):
    """An account that can sign in with everybody's password (`tests.support.people.PASSWORD`); ``role`` is a name."""

    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"person-{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    name = factory.Faker("name")
    role = "reader"

    @classmethod
    def _create(cls, model_class: type[User], *_: Any, **values: Any) -> User:
        with storing() as database:
            role = queries.role(values.pop("role"))
            values.setdefault("password_hash", password_hash(database.app))
            values.setdefault("confirmed_at", clock.now())
            user = model_class(
                username_key=name_key(values["username"]),
                email_key=queries.email_key(values["email"]) if values["email"] else None,
                role=role,
                **values,
            )
            db.session.add(user)
            db.session.commit()
            return queries.get(user.id)


class BylineFactory(UserFactory):
    """Somebody who is credited for texts and has no account."""

    email = None
    is_byline = True
    password_hash = None
    confirmed_at = None
