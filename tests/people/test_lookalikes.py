"""Names and addresses that look like somebody else's (security.md row 59), through HTTP."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from masthead import clock
from masthead.db import db
from masthead.people import bylines
from masthead.people.models import User
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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mikhail", "m\u0131khail"),  # a dotless i
        ("\u0131\u015f\u0131k", "i\u015fik"),
        ("coco", "\u0441\u043e\u0441\u043e"),  # all Cyrillic
        ("ACE", "\u0410\u0421\u0415"),  # capitals, all Cyrillic
        ("ace", "\u0410\u0421\u0415"),
        ("hope", "\u041d\u041e\u0420\u0415"),
        ("ono", "\u03bf\u039d\u03bf"),  # all Greek
        ("NATO", "\u039d\u0391\u03a4\u039f"),
        ("\u0430\u0440\u0435", "\u0391\u03a1\u0395"),  # Cyrillic and Greek
        ("ono", "\u0585\u0578\u0585"),  # all Armenian
        ("gap", "\u0261\u0251p"),  # rare Latin letters
        ("\uff41\uff43\uff45", "\u0430\u0441\u0435"),  # fullwidth and Cyrillic
    ],
)
def test_of_two_names_that_look_alike_the_second_is_refused_in_either_order(
    app: Flask, new_client: Callable[..., Visitor], one: str, other: str
) -> None:
    for number, (first, second) in enumerate([(one, other), (other, one)]):
        assert register(new_client(), first, f"first{number}@example.org") == 303
        assert register(new_client(), second, f"second{number}@example.org") == 422
        with app.app_context():
            db.session.execute(delete(User))
            db.session.commit()


@pytest.mark.parametrize(
    "username",
    [
        "p\u0430ypal",  # a Cyrillic letter among Latin ones
        "\u03bfliver",  # a Greek one
        "\u0391\u0441\u0435",  # Greek and Cyrillic
        "\u0585ffice",  # Armenian and Latin
        "zoe\u0338",  # a mark that goes with no letter
        "a\u0301\u0301\u0301da",
    ],
)
def test_mixed_scripts_and_stray_marks_are_refused(client: Visitor, username: str) -> None:
    assert register(client, username) == 422


@pytest.mark.parametrize(
    ("first", "second"), [("walt", "wait"), ("jose", "jos\u00e9"), ("anna", "\u0430\u043d\u043d\u0430")]
)
def test_names_that_can_be_told_apart_are_two(
    new_client: Callable[..., Visitor], first: str, second: str
) -> None:
    assert register(new_client(), first, "first@example.org") == 303
    assert register(new_client(), second, "second@example.org") == 303


def test_of_lookalikes_that_register_at_once_one_gets_in(
    app: Flask, new_client: Callable[..., Visitor], in_parallel: Callable[..., list[Exception]]
) -> None:
    names = ["coco", "\u0441\u043e\u0441\u043e", "c\u00f6c\u00f6", "COCO"]
    answers: dict[str, int] = {}

    def join(name: str) -> None:
        answers[name] = register(new_client(), name, f"person{names.index(name)}@example.org")

    assert in_parallel(*(lambda name=name: join(name) for name in names)) == []
    assert sorted(answers.values()) == [303, 303, 422, 422]
    assert answers["c\u00f6c\u00f6"] == 303


def test_byline_that_looks_like_an_account_gets_another_name(app: Flask, cast: Cast) -> None:
    UserFactory(username="\u0441\u043e\u0441\u043e")
    with app.app_context():
        byline = bylines.create(name="Coco", username="coco", at=clock.now())
        restored = bylines.restore(name="Coco", username="COCO", at=clock.now())
        db.session.commit()
        assert byline.username == "coco-2"
        assert (restored.username, restored.username_lookalike) == ("COCO", None)


@pytest.mark.parametrize(
    "username", ["adm\u0131n", "adm\u0130n", "ed\u0131tor", "\u0430\u0440\u0456", "\u0391\u03a1\u0399"]
)
def test_reserved_names_are_not_to_be_had_with_other_letters(client: Visitor, username: str) -> None:
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
