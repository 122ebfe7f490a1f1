"""Composition of email: a text and an HTML template with inlined styles, and headers safe from injection."""

import hashlib
import hmac
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.policy import default as default_policy
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template

from masthead import clock
from masthead.errors import Invalid
from masthead.jobs import current_job
from masthead.mail.transports import Mailbox

SUBJECT_CHARACTERS = 200


class _Whole(UnstructuredHeader, BaseHeader):
    """A header that is never folded: folding would split a URL into encoded words, which no program opens."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header on one line."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)
_POLICY = default_policy.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class MailMessage:
    """An email to one person."""

    recipient: str
    subject: str
    text: str
    html: str
    #: One-click unsubscribe URL; empty for transactional email.
    unsubscribe: str = ""


def compose(template: str, *, recipient: str, unsubscribe: str = "", **context: Any) -> MailMessage:
    """Render ``templates/mail/<template>.{txt,html}``. The first line of the text is the subject."""
    context["unsubscribe"] = unsubscribe
    text = render_template(f"mail/{template}.txt", **context)
    subject, _, body = text.lstrip().partition("\n")
    html = render_template(f"mail/{template}.html", subject=subject, **context)
    return MailMessage(
        recipient, one_line(subject), body.strip() + "\n", _with_inline_styles(html), unsubscribe
    )


def _with_inline_styles(html: str) -> str:
    # Imported here: the library is large, and few processes compose email.
    import css_inline

    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False).inline(html)


def one_line(subject: str) -> str:
    """Return the subject without anything that could start another header or hide in this one."""
    printable = "".join(letter if letter.isprintable() else " " for letter in subject)
    # "=?" begins an encoded word (RFC 2047), which the email package would decode, line breaks and all.
    return " ".join(printable.replace("=?", "= ?").split())[:SUBJECT_CHARACTERS]


def mime_message(message: MailMessage, sender: Mailbox) -> EmailMessage:
    """Build the MIME message (RFC 5322); raises `Invalid` for an invalid address."""
    built = EmailMessage(policy=_POLICY)
    built["From"] = address(sender.address, one_line(sender.name))
    built["To"] = address(message.recipient)
    built["Subject"] = message.subject
    built["Date"] = format_datetime(clock.now())
    built["Message-ID"] = _message_id(message)
    # Suppresses automatic replies (RFC 3834).
    built["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe:
        # One-click unsubscribe (RFC 2369, RFC 8058).
        built["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        built["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    built.set_content(message.text)
    built.add_alternative(message.html, subtype="html")
    return built


def _message_id(message: MailMessage) -> str:
    """Make a Message-ID. A retried job reuses the ids of its messages, so that a mailbox shows each message once."""
    domain = urlsplit(current_app.config["SITE_URL"]).hostname or "localhost"
    mark = current_job.next_mark()
    if mark is None:
        return make_msgid(domain=domain)
    named = f"{mark}\n{message.recipient}\n{message.subject}"
    digest = hmac.new(current_app.config["SECRET_KEY"].encode(), named.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:40]}@{domain}>"


def address(text: str, name: str = "") -> Address:
    """Format one address for a header; raises `Invalid` instead of letting a second one in."""
    if not text.isprintable() or any(letter.isspace() or letter in ',;<>()"' for letter in text):
        raise Invalid("This is not one email address.")
    local, _, domain = text.rpartition("@")
    if not local or not domain:
        raise Invalid("This is not an email address. It should look like name@example.org.")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise Invalid("The part of this email address after the @ cannot exist.") from None
    return Address(display_name=name, username=local, domain=domain)
