"""A password is the same from every keyboard, whatever code points that writes (security.md row 22)."""

from collections.abc import Callable
from unicodedata import normalize

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import update

from masthead.db import db
from masthead.errors import Invalid
from masthead.login import passwords
from masthead.people import queries
from masthead.people.models import User
from tests.support.people import Cast
from tests.support.visitors import Visitor

CHOSEN = "Öl für den Motor Å"
SPELLINGS = [normalize(form, CHOSEN) for form in ("NFC", "NFD", "NFKC", "NFKD")]


@pytest.mark.parametrize("typed", SPELLINGS)
@pytest.mark.parametrize("chosen", SPELLINGS)
def test_every_spelling_of_a_password_opens(app: Flask, chosen: str, typed: str) -> None:
    with app.app_context():
        stored = passwords.hash_password(chosen)
        assert passwords.is_correct(typed, stored)
        assert not passwords.is_outdated(stored, typed)
        assert not passwords.is_correct(typed + "x", stored)


@pytest.mark.parametrize("door", ["html", "api"])
@pytest.mark.parametrize("before", ["NFC", "NFD"])
def test_password_set_before_the_rule_opens_and_is_stored_anew(
    app: Flask, cast: Cast, new_client: Callable[..., Visitor], before: str, door: str
) -> None:
    # A ligature, which NFKC takes apart: none of the older spellings is the new one.
    password = "ein ﬁscher für zwei"
    with app.app_context():
        old = PasswordHasher(
            time_cost=app.config["ARGON2_PASSES"],
            memory_cost=app.config["ARGON2_MEMORY_KIB"],
            parallelism=app.config["ARGON2_LANES"],
        ).hash(normalize(before, password))
        db.session.execute(update(User).where(User.id == cast.walt.id).values(password_hash=old))
        db.session.commit()
    client = new_client()
    for typed in (password, normalize("NFD", password), normalize("NFKC", password)):
        if door == "api":
            answer = client.post("/api/v1/auth/login", json={"email": cast.walt.email, "password": typed})
            assert answer.status_code == 200
        else:
            answer = new_client().fill_in("/auth/login", email=cast.walt.email, password=typed)
            assert answer.status_code == 303
    with app.app_context():
        stored = queries.get(cast.walt.id).password_hash
        assert stored is not None
        assert stored != old
        assert not passwords.is_outdated(stored, password)


def test_common_password_in_other_letters_is_common(app: Flask) -> None:
    with app.app_context(), pytest.raises(Invalid):
        passwords.check("ｐａｓｓｗｏｒｄ１")


def test_password_is_as_long_as_its_letters(app: Flask) -> None:
    with app.app_context(), pytest.raises(Invalid, match="at least 8"):
        passwords.check(normalize("NFD", "öäüé"))
