"""Passkeys, with a device in software: what it signs for somebody, somewhere or some time else counts for nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from masthead.db import db
from masthead.mfa import passkeys
from masthead.mfa.models import Passkey, UsedChallenge
from tests.support.factors import Device, add_passkey, options_on, send_passkey, use_passkey
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
Later = Callable[[timedelta], None]
LOGIN, SECOND_STEP, ADD = "/auth/login", "/auth/second-step", "/auth/security/passkeys/add"


@pytest.fixture
def device(cast: Cast, sign_in: SignIn) -> Device:
    """Walt's telephone."""
    device = Device()
    add_passkey(sign_in(cast.walt), device)
    return device


def is_signed_in(client: Visitor) -> bool:
    return client.get("/auth/profile").status_code == 200


def who(client: Visitor) -> str:
    return client.read("/auth/security").text("//section[@aria-labelledby='address-title']//bdi")


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Passkey)) or 0


def test_passkey_signs_in_without_a_password(cast: Cast, client: Visitor, device: Device) -> None:
    answer = use_passkey(client, device, LOGIN)
    assert (answer.status_code, answer.location) == (303, "/dashboard")
    assert who(client) == cast.walt.email


def test_passkey_is_a_second_factor(cast: Cast, client: Visitor, device: Device) -> None:
    answer = client.fill_in(LOGIN, email=cast.walt.email or "", password=PASSWORD)
    assert answer.location == SECOND_STEP
    assert not is_signed_in(client)
    assert use_passkey(client, device, SECOND_STEP).location == "/dashboard"
    assert is_signed_in(client)


def test_first_passkey_brings_recovery_codes_and_the_second_does_not(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.walt)
    assert len(add_passkey(client, Device(), name="Telephone")) == 10
    assert add_passkey(client, Device(), name="Key ring") == []
    names = client.read("/auth/security").texts("//section[@id='second-factor']//bdi")
    assert names == ["Telephone", "Key ring"]


def test_all_passkeys_of_a_person_share_one_handle_that_says_nothing(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    walt = sign_in(cast.walt)
    add_passkey(walt, Device())
    add_passkey(walt, Device())
    add_passkey(sign_in(cast.rhea), Device())
    with app.app_context():
        handles = db.session.execute(
            select(Passkey.user_id, func.count(Passkey.user_handle.distinct())).group_by(Passkey.user_id)
        ).all()
        assert db.session.scalar(select(func.count(Passkey.user_handle.distinct()))) == 2
    assert {count for _, count in handles} == {1}


def test_passkey_can_be_renamed_and_removed(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.walt)
    add_passkey(client, Device())
    (rename,) = [
        form.action for form in client.read("/auth/security").forms if form.action.endswith("/rename")
    ]
    client.fill_in("/auth/security", action=rename, name="Old telephone")
    assert client.read("/auth/security").text("//section[@id='second-factor']//bdi") == "Old telephone"
    client.press("/auth/security", action=rename.replace("rename", "remove"))
    assert stored(app) == 0


def test_nobody_changes_the_passkey_of_somebody_else(
    app: Flask, cast: Cast, sign_in: SignIn, device: Device
) -> None:
    rhea = sign_in(cast.rhea)
    with app.app_context():
        key = db.session.scalars(select(Passkey.id)).one()
    token = rhea.read("/auth/profile").form({"name": ""}).values["csrf_token"][0]
    for deed in ("rename", "remove"):
        answer = rhea.post(
            f"/auth/security/passkeys/{key}/{deed}", data={"csrf_token": token, "name": "Mine"}
        )
        assert answer.status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Passkey.name)).one() == "Telephone"


@pytest.mark.parametrize(
    "wrong",
    [
        # A page of another site had it signed.
        {"origin": "https://evil.example"},
        {"origin": "https://localhost"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://localhost.evil.example"},
        # The device believed to be elsewhere.
        {"site": "evil.example"},
        # Without a password, the device must have checked its owner.
        {"is_verified": False},
        # Another person's handle.
        {"handle": "c29tZWJvZHkgZWxzZQ"},
    ],
)
@pytest.mark.parametrize("path", [LOGIN])
def test_answer_for_another_place_or_person_opens_nothing(
    client: Visitor, device: Device, path: str, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(device, name, value)
    answer = use_passkey(client, device, path)
    assert answer.status_code == 422
    assert "This passkey does not open an account here." in document(answer).text("//main")
    assert not is_signed_in(client)


def test_signature_of_another_key_opens_nothing(client: Visitor, device: Device) -> None:
    device.key = Device().key
    assert use_passkey(client, device, LOGIN).status_code == 422


def test_unknown_passkey_opens_nothing(client: Visitor, device: Device) -> None:
    stranger = Device()
    stranger.handle = device.handle
    assert use_passkey(client, stranger, LOGIN).status_code == 422


def test_passkey_of_somebody_else_is_no_second_factor(
    cast: Cast, client: Visitor, sign_in: SignIn, device: Device
) -> None:
    own = Device()
    add_passkey(sign_in(cast.rhea), own)
    client.fill_in(LOGIN, email=cast.walt.email or "", password=PASSWORD)
    assert use_passkey(client, own, SECOND_STEP).status_code == 422
    assert not is_signed_in(client)


def test_answer_counts_once_even_from_a_device_that_does_not_count(
    cast: Cast, new_client: NewClient, sign_in: SignIn
) -> None:
    synced = Device(count=0)
    add_passkey(sign_in(cast.walt), synced)
    first, second = new_client(), new_client()
    answer = synced.used(options_on(first, LOGIN))
    assert send_passkey(first, LOGIN, answer).status_code == 303
    assert send_passkey(second, LOGIN, answer).status_code == 422


def test_of_many_who_send_an_answer_at_once_one_gets_in(
    cast: Cast, new_client: NewClient, sign_in: SignIn, in_parallel: Callable[..., list[BaseException]]
) -> None:
    synced = Device(count=0)
    add_passkey(sign_in(cast.walt), synced)
    credential = synced.used(options_on(new_client(), LOGIN))
    visitors = [new_client() for _ in range(6)]
    forms = [visitor.read(LOGIN).form({"credential": ""}) for visitor in visitors]
    statuses: list[int] = []

    def send(number: int) -> None:
        data = forms[number].filled({"credential": credential}, None)
        statuses.append(visitors[number].post(forms[number].action, data=data).status_code)

    assert in_parallel(*(lambda number=number: send(number) for number in range(6))) == []
    assert sorted(statuses) == [303, *[422] * 5]


def test_copied_device_is_noticed_by_its_counter(new_client: NewClient, device: Device) -> None:
    device.count = 10
    assert use_passkey(new_client(), device, LOGIN).status_code == 303
    device.count = 5
    assert use_passkey(new_client(), device, LOGIN).status_code == 422
    device.count = 0
    assert use_passkey(new_client(), device, LOGIN).status_code == 422


@pytest.mark.parametrize("use", ["second-step", "confirm", "add"])
def test_answer_for_one_purpose_is_worth_nothing_for_another(
    cast: Cast, client: Visitor, device: Device, use: str
) -> None:
    if use == "second-step":
        client.fill_in(LOGIN, email=cast.walt.email or "", password=PASSWORD)
        options = options_on(client, SECOND_STEP)
    else:
        assert use_passkey(client, device, LOGIN).status_code == 303
        options = options_on(client, "/auth/confirm-identity" if use == "confirm" else ADD)
        client.press("/auth/profile", action="/auth/logout")
    assert send_passkey(client, LOGIN, device.used(options)).status_code == 422
    assert not is_signed_in(client)


def test_challenge_of_our_own_making_is_needed(client: Visitor, device: Device) -> None:
    options = options_on(client, LOGIN) | {"challenge": "bWFkZSB1cA"}
    assert send_passkey(client, LOGIN, device.used(options)).status_code == 422


def test_challenge_ends_after_an_hour(client: Visitor, device: Device, later: Later) -> None:
    options = options_on(client, LOGIN)
    later(timedelta(minutes=61))
    answer = send_passkey(client, LOGIN, device.used(options))
    assert answer.status_code == 422
    assert "answered too late" in document(answer).text("//main")


def test_disabled_account_is_not_opened(
    client: Visitor, device: Device, invoke: Callable[..., object]
) -> None:
    invoke("user", "disable", "walt")
    assert use_passkey(client, device, LOGIN).status_code == 422
    assert not is_signed_in(client)


def test_removed_passkey_opens_nothing(app: Flask, cast: Cast, new_client: NewClient, device: Device) -> None:
    client = new_client()
    use_passkey(client, device, LOGIN)
    with app.app_context():
        key = db.session.scalars(select(Passkey.id)).one()
    client.press("/auth/security", action=f"/auth/security/passkeys/{key}/remove")
    assert use_passkey(new_client(), device, LOGIN).status_code == 422


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "{}",
        "[]",
        "null",
        "[" * 9_000,
        '{"id": 1}',
        '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
        "x" * 50_000,
    ],
)
def test_nonsense_is_refused_without_an_error(
    client: Visitor, cast: Cast, sign_in: SignIn, credential: str
) -> None:
    assert send_passkey(client, LOGIN, credential).status_code == 422
    walt = sign_in(cast.walt)
    form = walt.read(ADD).form({"credential": ""})
    answer = walt.post(ADD, data=form.filled({"name": "Key", "credential": credential}, None))
    assert answer.status_code == 422


def test_broken_pieces_of_an_answer_are_refused_without_an_error(
    make_app: Callable[..., Flask], new_client: NewClient, device: Device
) -> None:
    client = new_client(make_app(RATELIMIT_ENABLED=False))
    whole = json.loads(device.used(options_on(client, LOGIN)))
    for part in whole["response"]:
        for broken in ("", "AAAA", "!", "é", whole["response"][part][:-9], 7, None):
            answer = {**whole, "response": {**whole["response"], part: broken}}
            # Not a part of what is signed; without it, the key alone says whose it is.
            if part == "userHandle" and broken in ("", "!", None, 7):
                continue
            assert send_passkey(client, LOGIN, json.dumps(answer)).status_code == 422
    assert not is_signed_in(client)


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"site": "evil.example"}])
def test_passkey_made_for_another_site_is_not_added(
    app: Flask, cast: Cast, sign_in: SignIn, wrong: dict[str, Any]
) -> None:
    client = sign_in(cast.walt)
    device = Device(**wrong)
    page = client.read(ADD)
    (options,) = page.all("//form[@data-passkey]/@data-options")
    typed = {"name": "Key", "credential": device.made(json.loads(options))}
    assert client.post(ADD, data=page.form({"credential": ""}).filled(typed, None)).status_code == 422
    assert stored(app) == 0


def test_passkey_made_for_somebody_else_is_not_added(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    attacker, victim = sign_in(cast.rhea), sign_in(cast.walt)
    made = Device().made(options_on(attacker, ADD))
    form = victim.read(ADD).form({"credential": ""})
    assert victim.post(ADD, data=form.filled({"name": "K", "credential": made}, None)).status_code == 422
    assert stored(app) == 0


def test_used_challenges_are_forgotten_when_they_are_too_old_to_count(
    app: Flask, client: Visitor, device: Device, later: Later
) -> None:
    use_passkey(client, device, LOGIN)
    later(timedelta(hours=3))
    with app.app_context():
        passkeys.delete_used_challenges()
        assert db.session.scalar(select(func.count()).select_from(UsedChallenge)) == 0
        db.session.rollback()


@pytest.mark.parametrize(
    ("site", "is_possible"),
    [
        ("http://localhost:8000", True),
        ("https://magazine.example", True),
        ("http://magazine.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.1", False),
        ("https://[2001:db8::1]", False),
    ],
)
@pytest.mark.databases("sqlite")
def test_passkeys_are_offered_where_browsers_allow_them(
    make_app: Callable[..., Flask], site: str, is_possible: bool
) -> None:
    app = make_app(SITE_URL=site)
    with app.app_context():
        assert passkeys.is_supported() is is_possible
