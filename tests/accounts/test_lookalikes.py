"""Names and addresses that look like somebody else's (security.md row 59), through HTTP."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from masthead.accounts.models import User
from masthead.db import db
from tests.factories import UserFactory
from tests.support.letters import Post
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor


def register(client: Visitor, username: str, email: str = "second@example.org") -> int:
    typed = {"email": email, "password": PASSWORD, "password_confirm": PASSWORD}
    return client.fill_in("/auth/register", username=username, **typed).status_code


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("staffer", "STAFFER"),
        ("staffer", "sta\ufb00er"),  # the ligature ﬀ
        ("staffer", "ｓｔａｆｆｅｒ"),  # fullwidth letters
        ("staffer", "st\u0430ffer"),  # a Cyrillic а
        ("staffer", "staffer\u200b"),  # a zero-width space
        ("staffer", "staffer "),
        ("staffer", "\u202estaffer"),  # a direction override
        ("staffer", "sta\u00adffer"),  # a soft hyphen
        ("strasse", "straße"),
        ("mikhail", "m\u0131khail"),  # a dotless i
        ("mikhail", "M\u0130KHAIL"),  # a capital i with a dot
        ("zoë", "zoe\u0308"),  # composed and decomposed
    ],
)
def test_second_name_that_looks_the_same_is_refused(
    app: Flask, client: Visitor, first: str, second: str
) -> None:
    UserFactory(username=first)
    assert register(client, second) == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize("username", ["adm\u0131n", "adm\u0130n", "ed\u0131tor"])
def test_reserved_names_are_not_to_be_had_with_another_i(client: Visitor, username: str) -> None:
    assert register(client, username) == 422


def test_turkish_names_are_names_like_others(client: Visitor) -> None:
    assert register(client, "\u0131\u015f\u0131k") == 303


@pytest.mark.parametrize("email", ["WALT@EXAMPLE.ORG", "Walt@Example.org", " walt@example.org "])
def test_address_is_the_same_however_it_is_written(
    app: Flask, cast: Cast, client: Visitor, email: str
) -> None:
    assert register(client, "second", email) == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 6


@pytest.mark.parametrize(
    "typed", ["WALT@example.org", "wａlt@example.org", "walt@exampIe.org", "walt@example.org\u200b"]
)
def test_letter_goes_to_the_stored_address_alone(
    cast: Cast, post: Post, new_client: Callable[..., Visitor], typed: str
) -> None:
    visitor = new_client(post.app)
    visitor.environ_base |= {"wsgi.url_scheme": "https"}
    visitor.fill_in("/auth/forgot", email=typed)
    assert {str(letter["To"]) for letter in post.letters()} <= {"walt@example.org"}
