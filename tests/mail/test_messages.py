"""Letters: how they look, and that nothing typed by a person can change whom they reach."""

import pytest
from flask import Flask

from masthead.db import db
from masthead.errors import Invalid
from masthead.mail import messages
from masthead.mail.messages import MailMessage
from masthead.mail.transports import Mailbox
from masthead.settings import actions as settings

SENDER = Mailbox("desk@example.org", "The Desk")


def test_letter_has_text_and_html_with_inlined_styles(app: Flask) -> None:
    with app.app_context():
        letter = messages.compose("test", recipient="rhea@example.org", site_url="https://example.org")
    assert letter.subject == "A test email from Masthead"
    assert letter.text.startswith("This email shows")
    assert "<style" not in letter.html
    assert '<p class="nameplate" style="' in letter.html


@pytest.mark.parametrize(
    "title",
    [
        "News\r\nBcc: victim@example.org",  # a line break
        "News\nBcc: victim@example.org\n\nBody",  # two
        "News\u2028Bcc: victim@example.org",  # what Unicode calls a line break
        "News\x0bBcc: victim@example.org",  # a vertical tab, which Python's splitlines breaks at
        "News =?utf-8?q?=0ABcc:_victim@example.org?=",  # an encoded word
    ],
)
def test_title_cannot_add_a_header(app: Flask, title: str) -> None:
    with app.app_context():
        settings.change(title=title)
        letter = messages.compose("test", recipient="rhea@example.org", site_url="https://example.org")
        raw = messages.mime_message(letter, Mailbox("desk@example.org", title)).as_bytes()
        db.session.rollback()
    head = raw.partition(b"\n\n")[0].decode()
    assert "=?utf-8?q?=0A" not in head
    fields = [
        line.partition(":")[0].lower() for line in head.splitlines() if not line.startswith((" ", "\t"))
    ]
    assert "bcc" not in fields
    assert fields.count("to") == fields.count("subject") == fields.count("from") == 1


@pytest.mark.parametrize(
    "address",
    [
        "rhea@example.org\nBcc: victim@example.org",
        "rhea@example.org, victim@example.org",
        "rhea@example.org;victim@example.org",
        "Rhea <rhea@example.org>",
        "rhea@example.org ",
        "rhea",
        "@example.org",
    ],
)
def test_recipient_is_one_address(app: Flask, address: str) -> None:
    with app.app_context(), pytest.raises(Invalid):
        messages.mime_message(MailMessage(address, "Subject", "text", "<p>html</p>"), SENDER)
