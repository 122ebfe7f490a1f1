"""Somebody's session ends while a form is open: after signing in again, the form is sent once."""

from datetime import timedelta

import pytest

from masthead import clock
from tests.factories import PostFactory
from tests.support.visitors import document

TEXT = {"title": "Harvest", "body": "All is in.", "action": "save"}
DAYS = timedelta(days=40)


@pytest.fixture
def open_form(client, cast, sign_in):
    """The form of a new post, filled in and not sent yet."""
    sign_in(client, cast.walt)
    return client.read("/blog/create").form({"title": ""}, "save").filled(TEXT, "save")


def test_form_that_was_open_is_sent_once_after_signing_in_in_another_tab(client, cast, sign_in, open_form):
    client.post("/auth/logout", data={"csrf_token": client.form_token()})
    sign_in(client, cast.walt)
    assert client.post("/blog/create", data=open_form).status_code == 303


def test_form_that_was_sent_while_signed_out_is_sent_once_more(client, cast, sign_in, open_form):
    client.post("/auth/logout", data={"csrf_token": client.form_token()})
    kept = client.post("/blog/create", data=open_form)
    assert kept.status_code == 400
    again = document(kept).form({"title": ""})
    sign_in(client, cast.walt)
    sent = client.post(again.action, data=again.filled({"title": "Second harvest"}, None))
    assert sent.status_code == 303
    assert client.read("/blog/my-posts").text("//main").count("Second harvest") == 1


def test_session_that_lapsed_is_no_loss(client, cast, sign_in, open_form, time_machine):
    time_machine.move_to(clock.now() + DAYS)
    again = document(client.post("/blog/create", data=open_form)).form({"title": ""})
    sign_in(client, cast.walt)
    assert client.post(again.action, data=again.filled({}, None)).status_code == 303


def test_comment_is_sent_once_after_signing_in_again(client, cast, sign_in):
    path = f"/blog/post/{PostFactory().slug}"
    sign_in(client, cast.rhea)
    form = client.read(path).form({"body": ""}).filled({"body": "I was there."}, None)
    client.post("/auth/logout", data={"csrf_token": client.form_token()})
    again = document(client.post(f"{path}/comment", data=form)).form({"body": ""})
    sign_in(client, cast.rhea)
    assert client.post(again.action, data=again.filled({}, None)).status_code == 303
    assert client.get(path).text.count("I was there.") == 1


def test_form_of_another_account_is_shown_again_instead_of_sent(client, cast, sign_in, open_form):
    client.post("/auth/logout", data={"csrf_token": client.form_token()})
    sign_in(client, cast.edith)
    assert client.post("/blog/create", data=open_form).status_code == 422


def test_kept_token_sends_its_own_form_alone_and_in_its_own_browser(
    client, cast, sign_in, new_client, open_form
):
    client.post("/auth/logout", data={"csrf_token": client.form_token()})
    token = document(client.post("/blog/create", data=open_form)).form({"title": ""}).values["csrf_token"][0]
    sign_in(client, cast.walt)
    sent = client.post("/auth/profile", data={"name": "X", "bio": "", "website": "", "csrf_token": token})
    assert sent.status_code == 422
    other = sign_in(new_client(), cast.walt)
    assert other.post("/blog/create", data={**open_form, "csrf_token": token}).status_code == 422
    from_outside = {"Sec-Fetch-Site": "cross-site"}
    forged = client.post("/blog/create", data={**open_form, "csrf_token": token}, headers=from_outside)
    assert forged.status_code == 400
