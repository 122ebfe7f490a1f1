"""Other sites cannot act in somebody's name, and reading changes nothing."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter

from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.jobs.models import Job
from masthead.login.models import AccountToken, LoginSession
from masthead.mfa.models import Authenticator, Passkey, RecoveryCode
from masthead.people.models import Role, User
from tests.factories import CommentFactory, PageFactory, PostFactory
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
#: What a page of another site would send; it cannot know the form token.
FORGED = {
    "/auth/security/password": {
        "current_password": PASSWORD,
        "password": "seven ships of state",
        "password_confirm": "seven ships of state",
    },
    "/auth/security/address": {"current_password": PASSWORD, "email": "evil@example.net"},
    "/auth/security/confirm": {},
    "/auth/security/authenticator": {"otp": "000000"},
    "/auth/security/authenticator/remove": {},
    "/auth/security/passkeys/add": {"name": "Evil", "credential": "{}"},
    "/auth/security/passkeys/1/rename": {"name": "Evil"},
    "/auth/security/passkeys/1/remove": {},
    "/auth/security/recovery-codes": {},
    "/auth/confirm-identity": {"password": PASSWORD},
    "/auth/confirm-identity/passkey": {"credential": "{}"},
    "/auth/second-step": {"otp": "000000"},
    "/auth/second-step/passkey": {"credential": "{}"},
    "/auth/login/passkey": {"credential": "{}"},
    "/admin/roles/create": {"title": "Evil", "rank": "5", "permissions": "users.manage"},
    "/admin/roles/3": {"title": "Author", "rank": "30", "permissions": "users.manage"},
    "/admin/users/3/reset-factor": {},
    "/auth/sessions/end": {},
    "/auth/sessions/1/end": {},
    "/auth/logout": {},
    "/auth/login": {"email": "rhea@example.org", "password": PASSWORD},
    "/auth/forgot": {"email": "walt@example.org"},
    "/admin/users/invite": {"email": "evil@example.net", "role": "administrator"},
    "/admin/users/3/reset-link": {},
    "/admin/users/3/end-tokens": {},
    "/admin/users/3/sign-out": {},
    "/admin/audit.csv": {},
}


def state(app: Flask) -> list[object]:
    with app.app_context():
        counts = [
            db.session.scalar(select(func.count()).select_from(model))
            for model in (LoginSession, AccountToken, AuditEvent, Job, Authenticator, RecoveryCode, Passkey)
        ]
        people = db.session.execute(select(User.id, User.email, User.password_hash).order_by(User.id)).all()
        roles = db.session.execute(
            select(Role.name, Role.rank, Role.requires_second_factor).order_by(Role.id)
        ).all()
        return [*counts, *people, *roles]


@pytest.mark.parametrize("path", FORGED)
@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
@pytest.mark.databases("sqlite")
def test_form_without_our_token_changes_nothing(
    app: Flask, cast: Cast, sign_in: SignIn, path: str, headers: dict[str, str]
) -> None:
    ada = sign_in(cast.ada)
    before = state(app)
    assert ada.post(path, data=FORGED[path], headers=headers).status_code in {302, 303, 400, 422}
    assert state(app) == before


def dump(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but the uses of logins and the counts of views, which reading changes."""
    left_out = {"daily_views", "page_change", "job"}
    with app.app_context():
        return {
            table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr)
            for table in db.metadata.sorted_tables
            if table.name not in left_out
        }


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}]
)
def test_no_route_at_all_takes_a_form_of_another_site(
    app: Flask, cast: Cast, sign_in: SignIn, headers: dict[str, str]
) -> None:
    post = PostFactory(author=cast.ada)
    CommentFactory(post=post, author=cast.ada)
    PageFactory(by=cast.ada)
    ada = sign_in(cast.ada)
    before, addresses = dump(app), app.url_map.bind("localhost")
    everything = {
        "title": "Evil",
        "body": "Evil",
        "action": "publish",
        "password": PASSWORD,
        "role": "reader",
    }
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule.startswith(("/api/", "/_debug")):
            continue
        if rule.rule == "/auth/emails/<token>":
            # The one-click unsubscribe of RFC 8058: a mail program sends it, and its token is the proof.
            continue
        values = {
            name: "1" if isinstance(rule._converters[name], IntegerConverter) else "approve"
            for name in rule.arguments
        }
        values |= {name: post.slug for name in values if name == "slug"}
        answer = ada.post(
            addresses.build(rule.endpoint, values, method="POST"), data=everything, headers=headers
        )
        refused = {400} if headers else {302, 303, 400, 403, 404, 409, 422}
        assert answer.status_code in refused, rule.rule
    assert dump(app) == before


def _possible(converter: BaseConverter) -> str:
    """Return a value that a part of an address can have."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return "1" if isinstance(converter, IntegerConverter) else "x"


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.databases("sqlite")
def test_reading_changes_nothing(app: Flask, cast: Cast, sign_in: SignIn, method: str) -> None:
    ada = sign_in(cast.ada)
    before = state(app)
    addresses = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/auth", "/admin")):
            values = {name: _possible(rule._converters[name]) for name in rule.arguments}
            getattr(ada, method)(
                addresses.build(
                    rule.endpoint,
                    values,
                    method="GET"
                    if "GET" in (rule.methods or ())
                    else min((rule.methods or set()) - {"HEAD", "OPTIONS"}),
                )
            )
    assert state(app) == before


def test_disabled_account_cannot_sign_in_by_any_way(app: Flask, cast: Cast, client: Visitor) -> None:
    link = app.test_cli_runner().invoke(args=["user", "reset-link", "walt"]).output.strip()
    app.test_cli_runner().invoke(args=["user", "disable", "walt"])
    assert client.fill_in("/auth/login", email="walt@example.org", password=PASSWORD).status_code == 422
    assert client.get(link.removeprefix("http://localhost")).status_code == 404
