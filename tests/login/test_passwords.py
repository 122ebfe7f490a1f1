"""Passwords: which may be chosen, what they cost, and that nothing tells who has an account."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from masthead.db import db
from masthead.errors import Busy, Invalid
from masthead.login import password_strength, passwords
from masthead.people.models import User
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]


def register(client: Visitor, password: str) -> int:
    return client.fill_in(
        "/auth/register",
        username="nora",
        email="nora.blum@example.org",
        password=password,
        password_confirm=password,
    ).status_code


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "password",
    [
        "password1",
        "PASSWORD1",
        "iloveyou2",
        "qwertyuiop",
        "1234567890",
        "football8",  # a common word and a digit
        "nora.blum",  # the own name
        "nora.blum@example.org",  # the own address
    ],
)
def test_guessable_password_is_refused_with_advice(client: Visitor, password: str) -> None:
    assert register(client, password) == 422


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",  # words, no capital, no digit
        "🦊🐙🦀🐳🦉🐌🦔🐢",  # eight characters
        "x" * 20 + " lighthouse " + "y" * 32,  # 64 characters
        "é" * 512,  # 1,024 bytes
    ],
)
def test_good_password_is_accepted(client: Visitor, password: str) -> None:
    assert register(client, password) == 303


def test_every_common_password_is_refused() -> None:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    common = [
        word for word in FREQUENCY_LISTS["passwords"][:20_000] if len(word) >= passwords.SHORTEST_CHARACTERS
    ]
    assert len(common) > 5_000
    assert [word for word in common if not password_strength.weakness(word)] == []
    assert [word for word in common if not password_strength.weakness(word.upper())] == []


@pytest.mark.databases("sqlite")
def test_megabyte_is_refused_before_it_is_hashed(
    cast: Cast, client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("It was hashed.")

    monkeypatch.setattr(passwords, "_hasher", never)
    answer = client.fill_in("/auth/login", email="walt@example.org", password="x" * 1_000_000)
    assert answer.status_code == 413


@pytest.mark.databases("sqlite")
def test_unknown_account_costs_a_hash_too(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, client: Visitor
) -> None:
    checked: list[str] = []

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            checked.append(password)
            return real.verify(password_hash, password)

    with app.app_context():
        real = passwords._hasher()
        decoy = passwords._decoy(passwords._parameters())
    monkeypatch.setattr(passwords, "_hasher", Counting)
    answers = [
        client.fill_in("/auth/login", email=email, password="wrong")
        for email in ("walt@example.org", "nobody@example.org")
    ]
    assert checked == ["wrong", "wrong"]
    assert decoy
    assert answers[0].status_code == answers[1].status_code
    texts = [document(answer).text("//main") for answer in answers]
    assert texts[0] == texts[1]


@pytest.mark.databases("sqlite")
def test_hash_is_renewed_at_sign_in(
    make_app: Callable[..., Flask], cast: Cast, new_client: Callable[..., Visitor], sign_in: SignIn
) -> None:
    stronger = make_app(ARGON2_PASSES=2)
    sign_in(new_client(stronger), cast.walt)
    with stronger.app_context():
        stored = db.session.scalars(select(User.password_hash).where(User.id == cast.walt.id)).one()
    assert stored is not None
    assert "t=2" in stored
    sign_in(new_client(stronger), cast.walt)


@pytest.mark.databases("sqlite")
def test_too_many_hashes_at_once_are_turned_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, leave = threading.Semaphore(0), threading.Event()

    class Slow:
        def verify(self, *_: str) -> bool:
            inside.release()
            leave.wait(20)
            return True

    monkeypatch.setattr(passwords, "_hasher", Slow)
    monkeypatch.setattr(passwords, "_decoy", lambda _parameters: "decoy")

    def check() -> None:
        with app.app_context():
            passwords.is_correct("secret", None)

    places = app.config["HASHES_AT_ONCE"]
    threads = [threading.Thread(target=check) for _ in range(places + passwords.WAITING)]
    for thread in threads:
        thread.start()
    for _ in range(places):
        inside.acquire(timeout=10)
    assert not inside.acquire(timeout=0.2), "more hash at once than they may"
    with app.app_context(), pytest.raises(Busy):
        passwords.is_correct("secret", None)
    leave.set()
    for thread in threads:
        thread.join(20)


@pytest.mark.databases("sqlite")
def test_short_password_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(Invalid):
        passwords.hash_password("short")


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "username",
    [
        "admin",
        "ADMIN",
        "Moderator",
        "\u0430dmin",  # a Cyrillic a
        "admin\u200b",  # a zero-width space
        "wal\u202et",  # a direction override
        "ａｄｍｉｎ",  # fullwidth letters
        "dashboard",
    ],
)
def test_names_that_mislead_are_refused(client: Visitor, username: str) -> None:
    answer = client.fill_in(
        "/auth/register",
        username=username,
        email="n@example.org",
        password=PASSWORD,
        password_confirm=PASSWORD,
    )
    assert answer.status_code == 422
