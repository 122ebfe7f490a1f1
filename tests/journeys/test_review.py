"""A writer and an editor bring a post to its readers, and are told of each step by emails from a real mail server."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from flask import Flask

from masthead import clock
from masthead.jobs.runner import Runner
from masthead.people.models import User
from tests.support.mailbox import PASSWORD, USERNAME, Mailbox
from tests.support.people import Cast
from tests.support.visitors import Visitor, document

SITE = "https://news.example.org"
STOP = re.compile(r"https://news\.example\.org(/auth/emails/\S+)")


class Postman:
    """Delivers what waits, and hands over what has arrived since."""

    def __init__(self, app: Flask, mailbox: Mailbox) -> None:
        self._app = app
        self._mailbox = mailbox

    def bring(self) -> dict[str, EmailMessage]:
        """The new emails, by whom they are to; nobody gets two at once."""
        Runner(self._app).run_due()
        new = {letter["To"]: letter for letter in self._mailbox.letters}
        assert len(new) == len(self._mailbox.letters)
        self._mailbox.letters.clear()
        return new


@pytest.fixture
def site(make_app: Callable[..., Flask], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))
    url = f"smtp://{USERNAME}:{quote(PASSWORD, safe='')}@localhost:{mailbox.port}?tls=starttls"
    return make_app(MAIL_URL=url, SITE_URL=SITE, MAIL_DEFAULT_SENDER="The Desk <desk@example.org>")


@pytest.fixture
def postman(site: Flask, mailbox: Mailbox) -> Postman:
    return Postman(site, mailbox)


@pytest.fixture
def enter(site: Flask, new_client: Callable[..., Visitor], sign_in: Callable[..., Visitor]):
    def come_in(person: User) -> Visitor:
        visitor = new_client(site)
        # As browsers do; Flask-WTF asks for it where the site is on https.
        visitor.environ_base |= {"HTTP_REFERER": "https://localhost/"}
        return sign_in(visitor, person)

    return come_in


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(letter: EmailMessage) -> str:
    body = letter.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def path_in(letter: EmailMessage, pattern: str) -> str:
    found = re.search(re.escape(SITE) + f"({pattern})", text_of(letter))
    assert found, text_of(letter)
    return found[1]


def said(visitor: Visitor, response) -> str:
    assert response.status_code == 303, document(response).errors
    return visitor.read(response.location).text("//*[@role='status'][@class='messages']")


def test_a_post_is_submitted_sent_back_submitted_again_and_published(
    site: Flask, cast: Cast, postman: Postman, enter, new_client
) -> None:
    colin, edith = enter(cast.colin), enter(cast.edith)
    sent = colin.fill_in("/blog/create", title="Rivers", body="They run.", button="submit")
    assert said(colin, sent) == "Your post is with the editors."
    editor_path = sent.location

    letters = postman.bring()
    assert letters.keys() == {"ada@example.org", "edith@example.org"}
    assert letters["edith@example.org"]["Subject"] == "Submitted for review: Rivers"
    assert "Colin has submitted “Rivers” for review (2 words)" in text_of(letters["edith@example.org"])
    assert path_in(letters["edith@example.org"], r"/blog/edit/\d+") == editor_path

    desk = edith.read("/dashboard")
    assert "Rivers" in desk.text("//section[@aria-labelledby='submitted_posts']")
    saved = edith.fill_in(editor_path, body="They run to the sea.", button="save")
    assert said(edith, saved) == "Your changes are saved. Colin’s post is still in review."
    note = "Say where to.\n\nAnd <b>why</b>, please."
    back = edith.fill_in(editor_path, note=note, button="return")
    assert said(edith, back) == (
        "Colin’s post is sent back. It is a draft again, and Colin finds your note above it."
    )
    assert "Nothing to review." in edith.read("/dashboard").text("//main")

    letters = postman.bring()
    assert letters.keys() == {"colin@example.org"}
    (letter,) = letters.values()
    assert letter["Subject"] == "Your post was sent back: Rivers"
    assert (
        "Edith has sent “Rivers” back to you with this note:\n\n> Say where to.\n>\n> And <b>why</b>, please."
        in (text_of(letter))
    )
    assert "And &lt;b&gt;why&lt;/b&gt;, please." in html_of(letter)
    assert "Sent back by Edith" in colin.read("/dashboard").text("//main")
    page = colin.read(path_in(letter, r"/blog/edit/\d+"))
    assert "Sent back by Edith" in page.text("//section[@class='review-note']")
    assert "And <b>why</b>, please." in page.text("//section[@class='review-note']")

    again = colin.fill_in(editor_path, body="They run to the sea, downhill.", button="submit")
    assert said(colin, again) == "Your post is with the editors."
    assert not colin.read(editor_path).all("//section[@class='review-note']")
    assert postman.bring().keys() == {"ada@example.org", "edith@example.org"}

    public = edith.fill_in(editor_path, button="publish")
    assert said(edith, public) == "Colin’s post is published."
    letters = postman.bring()
    assert letters.keys() == {"colin@example.org"}
    (letter,) = letters.values()
    assert letter["Subject"] == "Your post is published: Rivers"
    assert "Edith has published “Rivers”" in text_of(letter)
    reader = new_client(site)
    assert reader.read(path_in(letter, r"/blog/post/\S+")).text("//h1") == "Rivers"


def test_a_writer_takes_a_post_back_and_nobody_is_told_of_what_is_over(
    cast: Cast, postman: Postman, enter
) -> None:
    colin, edith = enter(cast.colin), enter(cast.edith)
    path = colin.fill_in("/blog/create", title="Rivers", body="They run.", button="submit").location
    taken = colin.press(path, "withdraw")
    assert said(colin, taken) == "Your post is withdrawn. It is a draft again."
    assert postman.bring() == {}
    assert "Nothing to review." in edith.read("/dashboard").text("//main")


def test_every_email_is_stopped_with_one_click_and_begins_again_in_the_profile(
    site: Flask, cast: Cast, postman: Postman, enter, new_client
) -> None:
    colin, edith = enter(cast.colin), enter(cast.edith)
    path = colin.fill_in("/blog/create", title="Rivers", body="They run.", button="submit").location
    letter = postman.bring()["edith@example.org"]
    header = letter["List-Unsubscribe"]
    assert (header[0], header[-1], letter["List-Unsubscribe-Post"]) == (
        "<",
        ">",
        "List-Unsubscribe=One-Click",
    )
    (stop,) = STOP.findall(text_of(letter))
    assert header[1:-1] == SITE + stop
    assert SITE + stop in html_of(letter)

    # A mail scanner opens the link, which changes nothing.
    page = new_client(site).read(stop)
    assert "Someone submits a post for review" in page.text("//main")
    assert "edith" not in page.text("//main").lower()
    resubmit(colin, path)
    assert "edith@example.org" in postman.bring()
    # A mail program sends the POST, from anywhere, without a cookie or a form token.
    clicked = new_client(site).post(
        stop, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"}
    )
    assert (clicked.status_code, "Set-Cookie" in clicked.headers) == (200, False)
    assert "You are unsubscribed" in clicked.text
    resubmit(colin, path)
    assert postman.bring().keys() == {"ada@example.org"}

    profile = edith.read("/auth/profile")
    form = profile.form({"emails": []})
    assert "post_submitted" not in form.values["emails"]
    assert "post_returned" in form.values["emails"]
    edith.fill_in("/auth/profile", emails=[*form.values["emails"], "post_submitted"])
    resubmit(colin, path)
    assert "edith@example.org" in postman.bring()


def resubmit(visitor: Visitor, path: str) -> None:
    visitor.press(path, "withdraw")
    visitor.press(path, "submit")


def test_a_link_that_was_not_made_here_stops_nothing(site: Flask, cast: Cast, new_client) -> None:
    assert new_client(site).get("/auth/emails/WzEsInBvc3Rfc3VibWl0dGVkIl0.x").status_code == 404
    assert new_client(site).post("/auth/emails/anything").status_code == 404


def test_the_author_of_a_scheduled_post_is_told_by_schedule_and_can_say_no(
    site: Flask, cast: Cast, postman: Postman, enter, time_machine
) -> None:
    walt = enter(cast.walt)
    when = clock.now() + timedelta(days=2)
    walt.fill_in(
        "/blog/create",
        title="Rivers",
        body="They run.",
        published_at=f"{when:%Y-%m-%dT%H:%M}",
        button="schedule",
    )
    kept = list(walt.read("/auth/profile").form({"emails": []}).values["emails"])
    assert "post_published" in kept
    kept.remove("post_published")
    walt.fill_in("/auth/profile", emails=kept)
    time_machine.move_to(when + timedelta(minutes=1))
    assert postman.bring() == {}


def test_a_program_chooses_which_emails_its_owner_gets(cast: Cast, as_) -> None:
    walt = as_(cast.walt)
    me = walt("GET", "/auth/me")
    kinds = {"comment_reply", "comment_on_post", "post_returned", "post_published"}
    assert me.json["emails"] == dict.fromkeys(kinds, True)
    changed = walt("PATCH", "/auth/me", {"emails": {"post_returned": False}}, etag=me.headers["ETag"])
    assert changed.json["emails"] == dict.fromkeys(kinds, True) | {"post_returned": False}
    other = walt("PATCH", "/auth/me", {"bio": "Walks."}, etag=walt("GET", "/auth/me").headers["ETag"])
    assert other.json["emails"]["post_returned"] is False
    etag = other.headers["ETag"]
    assert walt("PATCH", "/auth/me", {"emails": {"weather": True}}, etag=etag).status_code == 422
    assert as_(cast.edith)("GET", "/auth/me").json["emails"].keys() == kinds | {
        "comment_pending",
        "post_submitted",
    }
