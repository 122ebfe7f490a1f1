"""Invitations that nobody has accepted yet, as administrators see and end them."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.login.models import AccountToken
from masthead.people.models import Role
from tests.factories import UserFactory
from tests.support.letters import Post, link_in
from tests.support.people import Cast
from tests.support.queries import Queries
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
PEOPLE = "/admin/users"
OPEN = "/admin/users/invitations"
NEW = "seven ships of state"


def link_of(answer: TestResponse) -> str:
    """The path of the link that a page shows."""
    (link,) = document(answer).all("//input[@id='link']/@value")
    return urlsplit(str(link)).path


def invite(visitor: Visitor, email: str = "nina@example.org", role: str = "author") -> str:
    return link_of(visitor.fill_in("/admin/users/invite", email=email, role=role))


def rows(visitor: Visitor) -> list[str]:
    return visitor.read(OPEN).texts("//tbody/tr")


def deeds(visitor: Visitor, deed: str) -> list[str]:
    return [form.action for form in visitor.read(OPEN).forms if form.action.endswith(f"/{deed}")]


def form_of(visitor: Visitor, action: str) -> dict[str, list[str]]:
    """What the button would send."""
    (form,) = (form for form in visitor.read(OPEN).forms if form.action == action)
    return form.values


def open_links(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AccountToken.email).where(AccountToken.purpose == "invite")))


def test_open_invitations_are_listed_with_role_inviter_and_end(ada: Visitor) -> None:
    assert "open invitation" not in ada.read(PEOPLE).text("//main")
    invite(ada)
    invite(ada, "otto@example.org", "reader")
    assert "2 open invitations" in ada.read(PEOPLE).text("//main")
    assert OPEN in ada.read(PEOPLE).links
    first, second = rows(ada)
    assert first.startswith("nina@example.org Author ada")
    assert second.startswith("otto@example.org Reader ada")


def test_accepted_and_ended_invitations_are_not_listed(
    ada: Visitor, client: Visitor, later: Callable[[timedelta], None], cast: Cast, sign_in: SignIn
) -> None:
    path = invite(ada)
    client.fill_in(path, username="nina", password=NEW, password_confirm=NEW)
    assert rows(ada) == []
    invite(ada, "otto@example.org")
    later(timedelta(days=7, minutes=1))
    assert rows(sign_in(cast.ada)) == []


def test_withdrawn_invitation_opens_nothing_and_is_logged(app: Flask, ada: Visitor, client: Visitor) -> None:
    path, other = invite(ada), invite(ada, "otto@example.org")
    assert ada.press(OPEN, action=deeds(ada, "withdraw")[0]).status_code == 303
    assert client.get(path).status_code == 404
    assert client.get(other).status_code == 200
    assert open_links(app) == ["otto@example.org"]
    with app.app_context():
        wanted = select(AuditEvent).where(AuditEvent.action == "account.invitation_withdrawn")
        event = db.session.scalars(wanted).one()
        assert (event.actor_name, event.subject, event.details) == (
            "ada",
            "nina@example.org",
            {"role": "author"},
        )


def test_new_link_ends_the_one_before(ada: Visitor, client: Visitor) -> None:
    before = invite(ada)
    (action,) = deeds(ada, "again")
    answer = ada.press(OPEN, action=action)
    assert answer.headers["Cache-Control"] == "no-store"
    after = link_of(answer)
    assert (client.get(before).status_code, client.get(after).status_code) == (404, 200)
    assert len(rows(ada)) == 1


def test_where_letters_are_sent_another_one_goes_out_and_withdrawing_ends_both_links(
    post: Post, new_client: NewClient, sign_in: SignIn, cast: Cast
) -> None:
    ada, nina = new_client(post.app), new_client(post.app)
    for visitor in (ada, nina):
        visitor.environ_base |= {"wsgi.url_scheme": "https", "HTTP_REFERER": "https://localhost/"}
    sign_in(ada, cast.ada)
    invite(ada)
    (action,) = deeds(ada, "again")
    shown = link_of(ada.press(OPEN, action=action))
    letters = [link_in(letter) for letter in post.letters()]
    assert nina.get(shown).status_code == 200
    assert [nina.get(path).status_code for path in letters].count(200) == 1
    assert len(rows(ada)) == 1
    ada.press(OPEN, action=deeds(ada, "withdraw")[0])
    assert [nina.get(path).status_code for path in (shown, *letters)] == [404] * (len(letters) + 1)


def test_invitation_that_is_gone_cannot_be_changed(app: Flask, ada: Visitor) -> None:
    invite(ada)
    action, again = deeds(ada, "withdraw")[0], deeds(ada, "again")[0]
    form = form_of(ada, action)
    for expected in (303, 404):
        assert ada.post(action, data=form).status_code == expected
    assert ada.post(again, data=form).status_code == 404
    # SQLite gives the number out again.
    invite(ada, "otto@example.org")
    assert ada.post(action, data=form).status_code == 404
    assert ada.post(again, data=form).status_code == 404
    assert open_links(app) == ["otto@example.org"]


def test_of_many_who_withdraw_at_once_one_succeeds(
    app: Flask, ada: Visitor, cast: Cast, sign_in: SignIn, in_parallel: Callable[..., list[Exception]]
) -> None:
    invite(ada)
    (action,) = deeds(ada, "withdraw")
    visitors = [ada, *(sign_in(UserFactory(role="administrator")) for _ in range(3))]
    forms = [form_of(visitor, action) for visitor in visitors]
    answers: list[int] = []

    def withdraw(number: int) -> None:
        answers.append(visitors[number].post(action, data=forms[number]).status_code)

    assert in_parallel(*(lambda number=number: withdraw(number) for number in range(4))) == []
    assert sorted(answers) == [303, 404, 404, 404]


def test_invitation_to_a_higher_role_can_be_seen_and_not_touched(
    app: Flask, ada: Visitor, make_role: Callable[..., Role], sign_in: SignIn, client: Visitor
) -> None:
    make_role("warden", ["users.manage"], 60)
    path = invite(ada, role="administrator")
    action, again = deeds(ada, "withdraw")[0], deeds(ada, "again")[0]
    form = form_of(ada, action)
    warden = sign_in(UserFactory(role="warden"))
    assert rows(warden)[0].endswith("Created by a higher role")
    form["csrf_token"] = [warden.form_token()]
    for deed in (action, again):
        assert warden.post(deed, data=form).status_code == 403
    assert client.get(path).status_code == 200
    assert open_links(app) == ["nina@example.org"]


def test_new_link_needs_a_fresh_proof_and_withdrawing_does_not(
    ada: Visitor, later: Callable[[timedelta], None]
) -> None:
    invite(ada)
    action, again = deeds(ada, "withdraw")[0], deeds(ada, "again")[0]
    later(timedelta(minutes=11))
    assert ada.press(OPEN, action=again).status_code == 403
    assert ada.press(OPEN, action=action).status_code == 303


def test_where_nobody_may_join_invitations_can_only_be_withdrawn(
    ada: Visitor, make_app: Callable[..., Flask], new_client: NewClient, sign_in: SignIn, cast: Cast
) -> None:
    invite(ada)
    (again,) = deeds(ada, "again")
    closed = sign_in(new_client(make_app(REGISTRATION="closed")), cast.ada)
    assert deeds(closed, "again") == []
    assert closed.post(again, data={"csrf_token": closed.form_token()}).status_code == 403
    assert closed.press(OPEN, action=deeds(closed, "withdraw")[0]).status_code == 303


@pytest.mark.parametrize("invited", [3, 30])
def test_the_list_costs_the_same_with_more_rows(ada: Visitor, queries: Queries, invited: int) -> None:
    for number in range(invited):
        invite(ada, f"guest{number}@example.org")
    # Who is signed in, the count, the invitations, the roles, who invited them, the settings.
    with queries.exactly(6):
        assert len(rows(ada)) == invited
