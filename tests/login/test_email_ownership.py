"""An address belongs to who reads its letters, not to who typed it first (security.md rows 25, 27 and 45), through HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from masthead import clock
from masthead.api_tokens import personal_tokens
from masthead.api_tokens.models import ApiToken, RefreshFamily
from masthead.db import db
from masthead.login.models import LoginSession
from masthead.mfa import encryption, totp
from masthead.mfa.models import Authenticator, Passkey
from masthead.people import queries
from masthead.people.models import User
from tests.factories import PostFactory
from tests.support.letters import Post, link_in
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
VICTIM = "grace@example.org"
OWN = "seven ships of state"
STRANGERS = {"email": VICTIM, "password": PASSWORD}


@pytest.fixture
def browser(post: Post, new_client: NewClient) -> Callable[[], Visitor]:
    """`browser()` is another one each time."""

    def open_browser() -> Visitor:
        visitor = new_client(post.app)
        visitor.environ_base |= {"wsgi.url_scheme": "https"}
        return visitor

    return open_browser


@pytest.fixture
def stranger(cast: Cast, browser: Callable[[], Visitor]) -> Visitor:
    """Somebody who has registered Grace's address."""
    visitor = browser()
    answer = visitor.fill_in("/auth/register", username="mallory", password_confirm=PASSWORD, **STRANGERS)
    assert answer.status_code == 303
    return visitor


def account(app: Flask) -> User:
    with app.app_context():
        return db.session.scalars(queries.users().where(User.email_key == VICTIM)).one()


def enters(visitor: Visitor, password: str) -> bool:
    return visitor.fill_in("/auth/login", email=VICTIM, password=password).status_code == 303


def occupy(app: Flask) -> str:
    """Everything that a stranger could have set up while nothing was asked; the secret of a token."""
    with app.app_context():
        user = queries.by_email(VICTIM)
        assert user is not None
        now = clock.now()
        secret = encryption.encrypt(totp.new_secret())
        db.session.add(Authenticator(user_id=user.id, sealed_secret=secret, last_step=0, created_at=now))
        db.session.add(
            Passkey(
                user_id=user.id, credential_id="k", user_handle="h", public_key=b"k", sign_count=0,
                name="mine", created_at=now, last_used_at=None,
            )
        )  # fmt: skip
        user.confirmed_at = now
        _, token = personal_tokens.create(user, name="mine", scopes=["account:read"], days=300)
        user.confirmed_at = None
        db.session.add(RefreshFamily(name="f", user_id=user.id, created_at=now, expires_at=now))
        db.session.add(
            LoginSession(
                user_id=user.id, secret_hash="x", device="d", address="a", created_at=now, authenticated_at=now,
                last_used_at=now, idle_until=now, expires_at=now, is_remembered=False,
            )
        )  # fmt: skip
        db.session.commit()
        return token


def what_is_left(app: Flask) -> dict[str, int]:
    with app.app_context():
        models = (ApiToken, Authenticator, LoginSession, Passkey, RefreshFamily)
        return {
            model.__name__: count
            for model in models
            if (count := db.session.scalar(select(func.count()).select_from(model)) or 0)
        }


def test_stranger_gets_nowhere_and_the_owners_reset_takes_all(
    post: Post, stranger: Visitor, browser: Callable[[], Visitor]
) -> None:
    assert not enters(stranger, PASSWORD)
    answer = stranger.post("/api/v1/auth/login", json=STRANGERS)
    assert answer.status_code == 401
    token = occupy(post.app)
    bearer = {"Authorization": f"Bearer {token}"}
    assert stranger.get("/api/v1/auth/me", headers=bearer).status_code == 401
    owner = browser()
    owner.fill_in("/auth/forgot", email=VICTIM)
    (link,) = [link_in(letter) for letter in post.letters() if "/auth/reset/" in link_in(letter)]
    assert owner.fill_in(link, password=OWN, password_confirm=OWN).status_code == 303
    assert what_is_left(post.app) == {}
    assert account(post.app).confirmed_at is not None
    assert not enters(stranger, PASSWORD)
    assert enters(owner, OWN)
    assert stranger.get("/api/v1/auth/me", headers=bearer).status_code == 401


def test_confirming_in_another_browser_removes_the_password_of_who_registered(
    post: Post, stranger: Visitor, browser: Callable[[], Visitor]
) -> None:
    occupy(post.app)
    owner = browser()
    answer = owner.press(post.link())
    assert answer.status_code == 303
    assert "/auth/reset/" in answer.location
    assert what_is_left(post.app) == {}
    assert not enters(stranger, PASSWORD)
    assert owner.fill_in(answer.location, password=OWN, password_confirm=OWN).status_code == 303
    assert enters(owner, OWN)


def test_owner_who_tried_to_register_as_well_does_not_keep_the_strangers_password(
    post: Post, stranger: Visitor, browser: Callable[[], Visitor]
) -> None:
    link = post.link()
    owner = browser()
    owner.fill_in("/auth/register", username="grace", email=VICTIM, password=OWN, password_confirm=OWN)
    assert "/auth/reset/" in owner.press(link).location
    assert not enters(stranger, PASSWORD)


def test_who_registered_keeps_the_password_in_the_same_browser(post: Post, stranger: Visitor) -> None:
    assert "The password that you chose" not in stranger.get(post.link()).text
    assert stranger.press(post.link()).location == "/auth/login"
    assert enters(stranger, PASSWORD)


def test_who_registered_keeps_the_password_in_another_browser_by_typing_it(
    post: Post, stranger: Visitor, browser: Callable[[], Visitor]
) -> None:
    link, telephone = post.link(), browser()
    assert telephone.fill_in(link, password="not the right one").status_code == 422
    assert telephone.fill_in(link, password=PASSWORD).location == "/auth/login"
    assert enters(telephone, PASSWORD)


@pytest.mark.parametrize("door", ["html", "api"])
def test_registering_and_signing_in_afterwards_tell_nobody_of_an_address(
    cast: Cast, post: Post, browser: Callable[[], Visitor], door: str
) -> None:
    told = []
    for number, email in enumerate(("walt@example.org", "nobody@example.org")):
        visitor = browser()
        typed = {"username": f"mallory{number}", "email": email, "password": OWN}
        signing_in = {"email": email, "password": OWN}
        if door == "html":
            first = visitor.fill_in("/auth/register", password_confirm=OWN, **typed)
            second = visitor.fill_in("/auth/login", **signing_in)
            told.append(
                (
                    first.status_code,
                    first.location,
                    second.status_code,
                    document(second).text("//main//form[.//input[@name='email']]"),
                )
            )
        else:
            same = {"X-Request-ID": "same-for-both"}
            first = visitor.post("/api/v1/auth/register", json=typed, headers=same)
            second = visitor.post("/api/v1/auth/login", json=signing_in, headers=same)
            told.append((first.status_code, first.json, second.status_code, second.json))
    assert told[0] == told[1]
    assert told[0][2] in {401, 422}


def test_invitation_takes_an_occupied_address_over(
    cast: Cast, post: Post, stranger: Visitor, browser: Callable[[], Visitor], sign_in: SignIn
) -> None:
    occupy(post.app)
    ada = sign_in(browser(), cast.ada)
    assert ada.fill_in("/admin/users/invite", email=VICTIM, role="author").status_code == 200
    (link,) = [link_in(letter) for letter in post.letters() if "/auth/invitation/" in link_in(letter)]
    owner = browser()
    answer = owner.fill_in(link, username="mallory", password=OWN, password_confirm=OWN)
    assert answer.status_code == 303, "the name of the account itself is not taken"
    user = account(post.app)
    assert (user.role.name, user.username) == ("author", "mallory")
    assert user.confirmed_at is not None
    assert what_is_left(post.app).keys() <= {"LoginSession"}
    assert not enters(stranger, PASSWORD)
    assert enters(owner, OWN)


def test_address_occupied_after_the_invitation_is_taken_over_as_well(
    cast: Cast, post: Post, browser: Callable[[], Visitor], sign_in: SignIn
) -> None:
    ada = sign_in(browser(), cast.ada)
    ada.fill_in("/admin/users/invite", email=VICTIM, role="editor")
    link = post.link()
    browser().fill_in("/auth/register", username="mallory", password_confirm=PASSWORD, **STRANGERS)
    owner = browser()
    assert owner.fill_in(link, username="grace", password=OWN, password_confirm=OWN).status_code == 303
    assert account(post.app).username == "grace"
    assert enters(owner, OWN)


def test_confirmed_address_is_not_invited(
    cast: Cast, post: Post, browser: Callable[[], Visitor], sign_in: SignIn
) -> None:
    ada = sign_in(browser(), cast.ada)
    assert ada.fill_in("/admin/users/invite", email="walt@example.org", role="author").status_code == 422


def test_role_is_not_given_before_the_address_is_confirmed(
    cast: Cast, post: Post, stranger: Visitor, browser: Callable[[], Visitor], sign_in: SignIn
) -> None:
    ada = sign_in(browser(), cast.ada)
    assert "address not confirmed" in ada.get("/admin/users?q=grace").text
    program, path = browser(), f"/api/v1/users/{account(post.app).id}"
    tokens = program.post("/api/v1/auth/login", json={"email": cast.ada.email, "password": PASSWORD}).json
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    seen = program.get(path, headers=headers)
    assert seen.json["confirmed_at"] is None
    headers["If-Match"] = seen.headers["ETag"]
    assert program.patch(path, json={"role": "editor"}, headers=headers).status_code == 409
    assert account(post.app).role.name == "reader"
    run = post.app.test_cli_runner()
    refused = run.invoke(args=["user", "set-role", "mallory", "editor"])
    assert refused.exit_code != 0
    assert run.invoke(args=["user", "confirm", "mallory"]).exit_code == 0
    assert run.invoke(args=["user", "set-role", "mallory", "editor"]).exit_code == 0
    assert "address confirmed" in ada.get("/admin/users?q=grace").text


def test_login_from_before_letters_were_sent_can_do_nothing_until_the_address_is_confirmed(
    app: Flask, make_app: Callable[..., Flask], cast: Cast, new_client: NewClient, tmp_path: Path
) -> None:
    PostFactory(author=cast.walt, title="Rivers")
    early = new_client(app)
    early.fill_in("/auth/register", username="mallory", password_confirm=PASSWORD, **STRANGERS)
    assert enters(early, PASSWORD), "without letters nobody is kept waiting"
    assert early.fill_in("/blog/post/rivers", body="First").status_code == 303
    with_letters = make_app(MAIL_URL=f"file://{tmp_path}", SECRET_KEY=app.config["SECRET_KEY"])
    later = new_client(with_letters)
    kept = early.get_cookie("session")
    assert kept is not None
    later.set_cookie("session", kept.value)
    assert "It is not confirmed yet" in later.get("/auth/security").text
    token = later.form_token()
    data = {"csrf_token": token, "body": "Second", "name": "x", "scopes": "account:read", "days": "30"}
    assert later.post("/blog/post/rivers/comment", data=data).status_code == 403
    answer = later.post("/auth/security/tokens", data=data)
    assert (answer.status_code, "Confirm your email address first" in answer.text) == (422, True)
    assert later.get("/auth/security/authenticator").status_code == 403
    assert what_is_left(app).keys() <= {"LoginSession"}


def test_of_a_confirmation_and_a_reset_at_once_the_owners_password_stays(
    post: Post, stranger: Visitor, browser: Callable[[], Visitor]
) -> None:
    browser().fill_in("/auth/forgot", email=VICTIM)
    confirming, resetting = sorted(link_in(letter) for letter in post.letters())
    assert "/confirm/" in confirming
    ways = [
        lambda: browser().press(confirming).status_code,
        lambda: browser().fill_in(resetting, password=OWN, password_confirm=OWN).status_code,
    ]

    def use(number: int) -> int:
        try:
            return ways[number % 2]()
        except AssertionError:
            # The page was not there any more.
            return 404

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(use, range(8)))
    assert 303 in statuses
    assert set(statuses) <= {303, 404}
    assert account(post.app).confirmed_at is not None
    assert not enters(browser(), PASSWORD)


def test_owner_gets_a_working_link_although_strangers_ask_all_the_time(
    cast: Cast, post: Post, browser: Callable[[], Visitor], later: Callable[..., None]
) -> None:
    """Requests for each purpose have a budget of their own, which is a pause (security.md row 45)."""
    stranger, walt = browser(), "walt@example.org"
    for number in range(10):
        stranger.fill_in("/auth/forgot", email=walt)
        stranger.fill_in(
            "/auth/register", username=f"m{number}xx", email=walt, password=OWN, password_confirm=OWN
        )
    sent = [str(letter["Subject"]) for letter in post.letters()]
    assert len([subject for subject in sent if "already" in subject]) == 3
    assert len(sent) == 6
    later(timedelta(minutes=15, seconds=1))
    browser().fill_in("/auth/forgot", email=walt)
    letters = post.letters()
    assert len(letters) == 7
    assert browser().get(link_in(letters[-1])).status_code == 200
