"""Setting a letter: one template for the text, one for the HTML with its styles inlined, and headers that cannot be forged."""

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
    """A header on one line, however long: folded, an address would become encoded words, which no program opens."""

    def fold(self, *, policy: Policy) -> str:
        """The line."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)
_POLICY = default_policy.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is sent."""

    recipient: str
    subject: str
    text: str
    html: str
    #: Where the recipient stops emails of this kind with one click; empty for those that nobody can do without.
    unsubscribe: str = ""


def compose(template: str, *, recipient: str, unsubscribe: str = "", **context: Any) -> Letter:
    """Set the letter ``templates/mail/<template>.{txt,html}``. The first line of the text is the subject."""
    context["unsubscribe"] = unsubscribe
    text = render_template(f"mail/{template}.txt", **context)
    subject, _, body = text.lstrip().partition("\n")
    html = render_template(f"mail/{template}.html", subject=subject, **context)
    return Letter(recipient, one_line(subject), body.strip() + "\n", _with_inline_styles(html), unsubscribe)


def _with_inline_styles(html: str) -> str:
    # Few processes ever set a letter, and the library is large.
    import css_inline

    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False).inline(html)


def one_line(subject: str) -> str:
    """The text without anything that could begin another header or hide in this one."""
    printable = "".join(letter if letter.isprintable() else " " for letter in subject)
    # "=?" begins an encoded word (RFC 2047), which the email package would decode, line breaks and all.
    return " ".join(printable.replace("=?", "= ?").split())[:SUBJECT_CHARACTERS]


def message(letter: Letter, sender: Mailbox) -> EmailMessage:
    """The letter as a message (RFC 5322); raises `Invalid` for an address that is none."""
    built = EmailMessage(policy=_POLICY)
    built["From"] = address(sender.address, one_line(sender.name))
    built["To"] = address(letter.recipient)
    built["Subject"] = letter.subject
    built["Date"] = format_datetime(clock.now())
    built["Message-ID"] = _message_id(letter)
    # Answering machines keep quiet (RFC 3834).
    built["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        # One click in the mail program, without opening a page (RFC 2369, RFC 8058).
        built["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        built["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    built.set_content(letter.text)
    built.add_alternative(letter.html, subtype="html")
    return built


def _message_id(letter: Letter) -> str:
    """An id that nobody else makes. A job that is run again gives its letters the ids that they had, so that a mailbox
    shows a letter once that was sent twice.
    """
    domain = urlsplit(current_app.config["SITE_URL"]).hostname or "localhost"
    mark = current_job.next_mark()
    if mark is None:
        return make_msgid(domain=domain)
    named = f"{mark}\n{letter.recipient}\n{letter.subject}"
    digest = hmac.new(current_app.config["SECRET_KEY"].encode(), named.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:40]}@{domain}>"


def address(text: str, name: str = "") -> Address:
    """One address for a header; raises `Invalid` instead of letting a second one in."""
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
