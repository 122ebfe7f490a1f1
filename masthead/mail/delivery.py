"""Sending a letter. Only tasks call `send`: a mail server may take seconds, and may be away."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import parseaddr

import structlog
from flask import current_app

from masthead.mail import letters, transports
from masthead.mail.letters import Letter
from masthead.mail.transports import Mailbox

log = structlog.get_logger(__name__)
_are_held: ContextVar[bool] = ContextVar("masthead_letters_are_held", default=False)


def is_on() -> bool:
    """Whether this site sends letters at all, and nobody holds them back at present."""
    return bool(current_app.config["MAIL_URL"]) and not _are_held.get()


@contextmanager
def held_back() -> Iterator[None]:
    """Let the changes in this block tell nobody, such as those that fill a site with sample texts."""
    token = _are_held.set(True)
    try:
        yield
    finally:
        _are_held.reset(token)


def send(letter: Letter) -> None:
    """Send the letter now; raises `OSError` or `smtplib.SMTPException` when the server does not take it."""
    transport = transports.from_url(current_app.config["MAIL_URL"])
    if transport is None:
        log.info("mail is off, so an email was not sent")
        return
    name, address = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])
    transport.send(letters.message(letter, Mailbox(address, name)))
