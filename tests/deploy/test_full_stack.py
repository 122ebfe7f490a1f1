"""Everything at once, as a newsroom runs it: nginx, two processes of the application, a worker, the beat, PostgreSQL and Valkey."""

import re
import time
from urllib.parse import quote, urlsplit

import pytest

from tests.support.mailbox import PASSWORD as MAIL_PASSWORD
from tests.support.mailbox import USERNAME as MAIL_USERNAME
from tests.support.over_http import Guest
from tests.support.people import PASSWORD

SECONDS = 180
NEW_PASSWORD = "eleven dry umbrellas"


def await_that(is_so, what):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def stack(nginx, database, make_live_site, start_process, own_valkey, mailbox, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))
    mail = f"{MAIL_USERNAME}:{quote(MAIL_PASSWORD, safe='')}@localhost:{mailbox.port}?tls=starttls"
    settings = {
        "DATABASE_URL": database.url,
        "SITE_URL": nginx.url,
        "TRUSTED_PROXIES": 1,
        "SECRET_KEY": "only-for-the-tests-0123456789-abcdefghijklmnop",
        "JWT_SECRET_KEY": "only-for-the-tests-9876543210-abcdefghijklmnop",
        "REDIS_URL": own_valkey.url,
        "CELERY_BROKER_URL": own_valkey.url.replace("/0", "/1"),
        "MEDIA_URL": str(tmp_path / "media"),
        "MAIL_URL": f"smtp://{mail}",
    }
    sites = [make_live_site(**settings) for _ in range(2)]
    for site in sites:
        site.start()
    worker, beat = start_process("worker", **settings), start_process("beat", **settings)
    nginx.start(*(site.port for site in sites))
    return {"sites": sites, "worker": worker, "beat": beat, "settings": settings}


def sign_in(guest, user, password=PASSWORD):
    assert guest.fill_in("/auth/login", email=user.email, password=password).status == 303


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.databases("postgresql")
def links(mailbox, nginx):
    """The recipient and the address of each link for a new password; other letters tell of comments."""
    found = []
    for letter, (recipient,) in zip(mailbox.letters, list(mailbox.recipients), strict=False):
        text = letter.get_body(("plain",)).get_content()
        found += [(recipient, at) for at in re.findall(rf"{re.escape(nginx.url)}/auth/reset/\S+", text)]
    return found


def test_publish_comment_and_mail_through_the_whole_stack(stack, nginx, cast, mailbox, start_process):
    def someone():
        return Guest(nginx.url, nginx.certificate)

    walt, rhea, mona, stranger = someone(), someone(), someone(), someone()
    assert stranger.get("/health/ready").status == 200

    # Walt publishes; whichever process a stranger asks, the post is there.
    sign_in(walt, cast.walt)
    reply = walt.fill_in(
        "/blog/create", button="publish", title="The whole stack", body="It *stands*.", tags="News"
    )
    assert reply.status == 303
    for _ in range(4):
        assert "<em>stands</em>" in stranger.get("/blog/post/the-whole-stack").text
        assert "The whole stack" in stranger.get("/").text

    # Rhea comments, Mona approves if the publication asks for it, and every process shows it.
    sign_in(rhea, cast.rhea)
    assert rhea.fill_in("/blog/post/the-whole-stack", body="So it does.").status == 303
    sign_in(mona, cast.mona)
    queue = mona.get("/admin/comments").text
    number = re.search(r'id="comment-(\d+)"', queue)
    if number:
        form = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', queue)[1]}
        assert mona.ask("POST", f"/admin/comments/{number[1]}/approve", form).status == 303
    await_that(
        lambda: all("So it does." in stranger.get("/blog/post/the-whole-stack").text for _ in range(4)),
        "The comment is not there.",
    )

    # Rhea has forgotten her password: the letter goes through the outbox, the broker, a worker and a mail server.
    assert someone().fill_in("/auth/forgot", email=cast.rhea.email).status == 303
    await_that(lambda: links(mailbox, nginx), stack["worker"].output)
    ((recipient, address),) = links(mailbox, nginx)
    assert recipient == cast.rhea.email
    link = urlsplit(address)
    fresh = someone()
    fields = {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD}
    assert fresh.fill_in(link.path, **fields).status == 303
    sign_in(someone(), cast.rhea, NEW_PASSWORD)

    # A worker that is killed, and one process of the site that is gone, stop nothing.
    stack["worker"].kill()
    stack["sites"][0].terminate()
    assert someone().fill_in("/auth/forgot", email=cast.walt.email).status == 303
    assert walt.get("/dashboard").status == 200
    start_process("worker", **stack["settings"])
    await_that(lambda: len(links(mailbox, nginx)) >= 2, "The second link has not come.")
    assert [recipient for recipient, _ in links(mailbox, nginx)] == [cast.rhea.email, cast.walt.email]
