"""What people type never changes whom a letter reaches or what it tells (security.md rows 44 and 45), through HTTP."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from masthead.settings import actions as settings
from tests.support.letters import Post
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
MARK = "the-secret-of-the-draft"
BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "%0d%0a", "=?utf-8?q?=0A?="]


@pytest.fixture
def client(post: Post, new_client: Callable[..., Visitor]) -> Visitor:
    visitor = new_client(post.app)
    visitor.environ_base |= {"wsgi.url_scheme": "https"}
    return visitor


def assert_harmless(letters: list[EmailMessage], *recipients: str) -> None:
    for letter in letters:
        names = [name.lower() for name in letter]
        assert names.count("to") == names.count("subject") == names.count("from") == 1
        assert not {"bcc", "cc", "x-evil"} & set(names)
        assert letter["To"] in recipients
        assert len(letter["To"].addresses) == 1


@pytest.mark.parametrize("line_end", BREAKS)
@pytest.mark.parametrize(
    ("path", "field"),
    [("/auth/forgot", "email"), ("/auth/register", "email"), ("/auth/register", "username")],
)
def test_line_in_a_field_adds_no_header(
    cast: Cast, post: Post, client: Visitor, path: str, field: str, line_end: str
) -> None:
    typed = {"email": "walt@example.org", "username": "nora", "password": PASSWORD}
    if path == "/auth/forgot":
        typed = {"email": typed["email"]}
    else:
        typed["password_confirm"] = PASSWORD
    typed[field] += f"{line_end}Bcc: victim@example.net{line_end}X-Evil: yes"
    answer = client.fill_in(path, typed)
    assert answer.status_code in {303, 422}
    assert_harmless(post.letters(), "walt@example.org")


@pytest.mark.parametrize("line_end", BREAKS)
def test_title_of_the_site_adds_no_header(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn, line_end: str
) -> None:
    ada = sign_in(client, cast.ada)
    title = f"News{line_end}Bcc: victim@example.net"
    ada.fill_in("/admin/settings", title=title)
    with post.app.app_context():
        # Even if the form had let it through.
        settings.change(title=title)
    ada.fill_in("/admin/users/invite", email="nina@example.org", role="reader")
    letters = post.letters()
    assert len(letters) == 1
    assert_harmless(letters, "nina@example.org")


def test_invitation_goes_to_one_address(cast: Cast, post: Post, client: Visitor, sign_in: SignIn) -> None:
    ada = sign_in(client, cast.ada)
    for email in (
        "nina@example.org, victim@example.net",
        "nina@example.org;victim@example.net",
        "a <b@c.org>",
    ):
        answer = ada.fill_in("/admin/users/invite", email=email, role="reader")
        assert answer.status_code == 422
    assert post.letters() == []


def test_no_letter_tells_of_what_was_taken_back(
    cast: Cast, post: Post, client: Visitor, new_client: Callable[..., Visitor], sign_in: SignIn
) -> None:
    """Letters are written when they are sent, from what is true then; nothing that readers write is in any."""
    walt, rhea = sign_in(client, cast.walt), new_client(post.app)
    rhea.environ_base |= {"wsgi.url_scheme": "https"}
    sign_in(rhea, cast.rhea)
    walt.fill_in("/blog/create", title=f"Title {MARK}", body=f"Body {MARK}", button="publish")
    slug = f"title-{MARK}"
    assert rhea.fill_in(f"/blog/post/{slug}", body=f"Comment {MARK}").status_code == 303
    (edit,) = [link for link in walt.read(f"/blog/post/{slug}").links if link.startswith("/blog/edit/")][:1]
    assert walt.press(edit, "unpublish").status_code == 303
    rhea.fill_in("/auth/forgot", email="walt@example.org")
    letters = post.letters()
    # The moderators hear of the comment that waits; nobody else of the post that was taken back.
    assert sorted(letter["To"] for letter in letters) == [
        "ada@example.org",
        "edith@example.org",
        "walt@example.org",
    ]
    (reset,) = [letter for letter in letters if letter["To"] == "walt@example.org"]
    assert "password" in reset["Subject"]
    assert MARK not in reset.as_string()


def test_letter_is_written_from_what_is_true_when_it_is_sent(
    app: Flask, cast: Cast, post: Post, client: Visitor, sign_in: SignIn
) -> None:
    ada = sign_in(client, cast.ada)
    client.fill_in("/admin/users/invite", email="nina@example.org", role="author")
    # Both wait in the outbox when the invitation is replaced and the account is disabled.
    client.fill_in("/auth/security", email="new@example.net", current_password=PASSWORD)
    client.fill_in("/admin/users/invite", email="nina@example.org", role="reader")
    ada.fill_in("/admin/settings", title="Another Title")
    letters = post.letters()
    to_nina = [letter for letter in letters if letter["To"] == "nina@example.org"]
    assert len(to_nina) == 1
    assert "Another Title" in str(to_nina[0]["Subject"])
