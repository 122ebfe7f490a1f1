"""Sending: against a real server with STARTTLS and AUTH, and the ways that need none."""

import smtplib
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from masthead.config import TestingConfig
from masthead.db import transactions
from masthead.mail import delivery, messages, transports
from tests.support.mailbox import PASSWORD, USERNAME, Mailbox

MakeApp = Callable[..., Flask]


def address_of(mailbox: Mailbox, *, password: str = PASSWORD, tls: str = "starttls") -> str:
    return f"smtp://{USERNAME}:{quote(password, safe='')}@localhost:{mailbox.port}?tls={tls}"


def send_test(app: Flask) -> None:
    with app.app_context(), transactions(may_write=False):
        delivery.send(messages.compose("test", recipient="rhea@example.org", site_url="https://example.org"))


def test_letter_arrives_encrypted(
    make_app: MakeApp, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))
    send_test(make_app(MAIL_URL=address_of(mailbox), MAIL_DEFAULT_SENDER="The Desk <desk@example.org>"))
    (letter,) = mailbox.letters
    assert mailbox.recipients == [["rhea@example.org"]]
    assert mailbox.encrypted == [True]
    assert (letter["Subject"], letter["From"]) == (
        "A test email from Masthead",
        "The Desk <desk@example.org>",
    )
    assert letter.get_content_type() == "multipart/alternative"


def test_letter_is_not_given_to_a_server_that_cannot_prove_its_name(
    make_app: MakeApp, mailbox: Mailbox
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        send_test(make_app(MAIL_URL=address_of(mailbox)))
    assert mailbox.letters == []


def test_wrong_password_is_an_error(
    make_app: MakeApp, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send_test(make_app(MAIL_URL=address_of(mailbox, password="wrong")))


def test_folder_takes_letters(make_app: MakeApp, tmp_path: Path) -> None:
    send_test(make_app(MAIL_URL=f"file://{tmp_path}/letters"))
    (path,) = (tmp_path / "letters").iterdir()
    assert b"Subject: A test email from Masthead" in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_console_shows_the_text(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    send_test(make_app(MAIL_URL="console:"))
    assert "Subject: A test email from Masthead" in capsys.readouterr().out


def test_mail_is_off_without_an_address(app: Flask) -> None:
    with app.app_context():
        assert not delivery.is_on()
    send_test(app)


def test_command_sends_a_test_letter(
    make_app: MakeApp, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))
    app = make_app(MAIL_URL=address_of(mailbox))
    result = app.test_cli_runner().invoke(args=["mail", "test", "rhea@example.org"])
    assert (result.exit_code, len(mailbox.letters)) == (0, 1)


def test_command_says_what_is_wrong(app: Flask, make_app: MakeApp, mailbox: Mailbox) -> None:
    result = app.test_cli_runner().invoke(args=["mail", "test", "rhea@example.org"])
    assert (result.exit_code, "MAIL_URL" in result.output) == (1, True)
    unreachable = make_app(MAIL_URL="smtp://localhost:1?tls=none")
    result = unreachable.test_cli_runner().invoke(args=["mail", "test", "rhea@example.org"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: The email was not sent")


@pytest.mark.parametrize(
    ("url", "transport"),
    [
        ("", None),
        ("console:", transports.Console()),
        ("file:///var/letters", transports.FolderTransport(Path("/var/letters"))),
        (
            "smtp://a%40b:c%2Fd@mail.example.org",
            transports.SMTP("mail.example.org", 587, "starttls", "a@b", "c/d"),
        ),
        ("smtp://localhost:2525", transports.SMTP("localhost", 2525, "none")),  # nobody listens in between
        ("smtps://mail.example.org", transports.SMTP("mail.example.org", 465, "tls")),
        ("smtp://10.0.0.2:25?tls=none", transports.SMTP("10.0.0.2", 25, "none")),
    ],
)
def test_address_names_the_transport(url: str, transport: transports.Transport | None) -> None:
    assert transports.from_url(url) == transport


def test_parts_make_the_address(tmp_path: Path) -> None:
    config = TestingConfig(
        MASTHEAD_HOME=tmp_path,
        SITE_URL="https://news.example.org",
        MAIL_SERVER="mail.example.org",
        MAIL_USERNAME="desk",
        MAIL_PASSWORD="p@ss",
    )
    assert config.MAIL_URL == "smtp://desk:p%40ss@mail.example.org:587?tls=starttls"
    assert config.MAIL_DEFAULT_SENDER == "masthead@news.example.org"


@pytest.mark.parametrize("url", ["http://example.org", "smtp://", "smtp://host?tls=perhaps", "file://folder"])
def test_bad_address_is_refused_at_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="MAIL_URL"):
        TestingConfig(MASTHEAD_HOME=tmp_path, MAIL_URL=url)
