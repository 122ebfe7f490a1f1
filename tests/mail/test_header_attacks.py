"""Names and titles that would like to be headers: what a real mail server and a real HTTP client get of them."""

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask

from masthead.config import ConfigurationError, load
from masthead.db import db
from masthead.jobs import enqueue
from masthead.jobs.runner import Runner
from masthead.people import queries
from masthead.posts import tasks
from masthead.settings import actions as settings
from tests.factories import PostFactory
from tests.support.mailbox import PASSWORD, USERNAME, Mailbox
from tests.support.people import Cast
from tests.support.visitors import Visitor

pytestmark = pytest.mark.databases("sqlite")

MakeApp = Callable[..., Flask]
SENDER = "desk@example.org"
EVIL = "evil@example.net"
HOSTILE = [
    f"News\r\nBcc: {EVIL}",
    f"News\r\n\r\n<p>{EVIL}",
    f"News\nBcc: {EVIL}",
    f"News\rBcc: {EVIL}",
    f"News\x00Bcc: {EVIL}",
    f"News\u2028Bcc: {EVIL}",
    f"News\u2029Bcc: {EVIL}",
    f"News\x85Bcc: {EVIL}",
    # The letters after it would be read from the right.
    f"News \u202egro.elpmaxe@ksed\u202c <{EVIL}>",
    f'"Desk <{EVIL}>"',
    f'Desk" <{EVIL}>, "x',
    f"<{EVIL}>, desk",
    f"=?utf-8?q?News=0ABcc=3A_{EVIL}?=",
    "=?utf-8?b?TmV3cw0KQmNjOiBldmlsQGV4YW1wbGUubmV0?=",
    "Ñandú, 新聞 und mehr",
    "W" * 100_000,
    "新" * 10_000,
]
FIELDS = [
    "auto-submitted",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "subject",
    "to",
]
#: The headers of a letter of a kind that can be switched off (RFC 8058).
FIELDS_OF_NOTIFICATIONS = sorted([*FIELDS, "list-unsubscribe", "list-unsubscribe-post"])


@pytest.fixture
def mail_app(make_app: MakeApp, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Flask]:
    """An application that sends through the mail server, from somebody of this name."""
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))

    def make(sender: str) -> Flask:
        url = f"smtp://{USERNAME}:{quote(PASSWORD, safe='')}@localhost:{mailbox.port}?tls=starttls"
        return make_app(MAIL_URL=url, MAIL_DEFAULT_SENDER=sender)

    return make


def assert_one_block(raw: bytes) -> None:
    """Each header once, in lines that every server takes, and the letter itself behind them."""
    head, empty, _ = raw.partition(b"\r\n\r\n")
    assert empty
    lines = head.decode("ascii").split("\r\n")
    assert not any("\r" in line or "\n" in line or len(line) > 998 for line in lines)
    names = [line.partition(":")[0].lower() for line in lines if not line.startswith((" ", "\t"))]
    assert sorted(names) in (FIELDS, FIELDS_OF_NOTIFICATIONS)


def assert_harmless(mailbox: Mailbox, *recipients: str) -> None:
    assert sorted(mailbox.recipients) == sorted([recipient] for recipient in recipients)
    for letter, raw in zip(mailbox.letters, mailbox.raw, strict=True):
        assert_one_block(raw)
        (sender,) = letter["From"].addresses
        assert sender.addr_spec == SENDER
        (to,) = letter["To"].addresses
        assert (to.addr_spec in recipients, to.display_name) == (True, "")
        assert letter["Subject"].isprintable()
        if letter["List-Unsubscribe"] is not None:
            assert re.fullmatch(r"<http://localhost(?::\d+)?/[!-;=?-~]+>", letter["List-Unsubscribe"])
            assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert len(letter["Subject"]) <= 200


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_people_call_things_reaches_no_header_but_its_own(
    mail_app: Callable[[str], Flask],
    mailbox: Mailbox,
    cast: Cast,
    new_client: Callable[..., Visitor],
    sign_in: Callable[..., Visitor],
    text: str,
) -> None:
    app = mail_app(f"The Desk <{SENDER}>")
    ada = sign_in(new_client(app), cast.ada)
    for path, fields in (("/admin/settings", {"title": text}), ("/auth/profile", {"name": text})):
        assert ada.fill_in(path, fields).status_code in {200, 303, 413, 422}
    post = PostFactory(author=cast.walt)
    with app.app_context():
        kept = text.replace("\x00", "")
        # Even if every form had let it through.
        settings.change(title=kept)
        stored = db.session.merge(post, load=True)
        stored.title = kept
        queries.get(cast.walt.id).name = kept
        moment = int(stored.published_at.timestamp()) if stored.published_at else 0
        enqueue(tasks.tell_of_publication, post.id, moment, cast.walt.id)
        db.session.commit()
    assert ada.fill_in("/admin/users/invite", email="nina@example.org", role="reader").status_code == 200
    Runner(app).run_due()
    assert_harmless(mailbox, "nina@example.org", "walt@example.org")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f'"Desk <{EVIL}>" <{SENDER}>', f"Desk <{EVIL}>"),
        (f"=?utf-8?q?News=0ABcc=3A_evil?= <{SENDER}>", "= ?utf-8?q?News=0ABcc=3A_evil?="),
        (f"{'W' * 5_000} <{SENDER}>", "W" * 200),
        (f'"Desk, Night" <{SENDER}>', "Desk, Night"),
    ],
)
def test_the_sender_keeps_its_address_whatever_its_name_is(
    mail_app: Callable[[str], Flask], mailbox: Mailbox, name: str, shown: str
) -> None:
    result = mail_app(name).test_cli_runner().invoke(args=["mail", "test", "rhea@example.org"])
    assert result.exit_code == 0, result.output
    assert_harmless(mailbox, "rhea@example.org")
    assert mailbox.letters[0]["From"].addresses[0].display_name == shown


@pytest.mark.parametrize(
    "sender",
    [
        f"Desk\r\nBcc: {EVIL} <{SENDER}>",
        f"Desk\u2028 <{SENDER}>",
        f"Desk \u202e <{SENDER}>",
        f"Desk <{SENDER}>, {EVIL}",
        f"Desk <{EVIL}> <{SENDER}>",
        f"{SENDER}, {EVIL}",
        f"Desk <{SENDER} {EVIL}>",
        "Desk <desk@>",
    ],
)
def test_a_sender_that_is_not_one_address_is_refused_at_the_start(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    monkeypatch.setenv("MASTHEAD_HOME", str(tmp_path))
    monkeypatch.setenv("MAIL_DEFAULT_SENDER", sender)
    with pytest.raises(ConfigurationError, match="MAIL_DEFAULT_SENDER"):
        load()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_answers_hold_nothing_of_it_in_their_headers(
    cast: Cast, sign_in: Callable[..., Visitor], client: Visitor, text: str
) -> None:
    walt = sign_in(cast.walt)
    walt.fill_in("/auth/profile", name=text)
    answers = [
        walt.fill_in("/blog/create", title=text[:300], body="x", slug=text[:200], button="publish"),
        walt.press("/auth/privacy", "json"),
        client.get("/api/v1/posts/" + quote(text[:200]) + "/revisions"),
        client.get("/api/v1/posts", query_string={"per_page": "1", "tag": text[:500]}),
        client.get("/auth/login", query_string={"next": "/" + text[:500]}),
        client.get("/blog", query_string={"page": "1", "x": text[:500]}),
        client.get("/blog/post/" + quote(text[:200])),
    ]
    for answer in answers:
        assert answer.status_code < 500
        for _, value in answer.headers:
            assert re.fullmatch(r"[\x20-\x7e\t]*", value), value
            assert EVIL not in urlsplit(value).netloc
