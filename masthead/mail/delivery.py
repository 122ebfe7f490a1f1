"""Delivery of email. Only tasks call `send`: a mail server may take seconds, or be down."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import parseaddr

import structlog
from flask import Flask, current_app

from masthead.circuit_breaker import Circuit
from masthead.db import leave_transaction
from masthead.mail import messages, transports
from masthead.mail.messages import MailMessage
from masthead.mail.transports import Mailbox

EXTENSION = "masthead.mail.circuit"
OBSERVER = "masthead.mail.observer"
log = structlog.get_logger(__name__)
_are_held: ContextVar[bool] = ContextVar("masthead_letters_are_held", default=False)


def observe(app: Flask, observer: Callable[[bool], object]) -> None:
    """Report to ``observer``, after each message, if the circuit to the mail server is open."""
    app.extensions[OBSERVER] = observer


def _look_away(_is_away: bool) -> None:
    """The default observer."""


def is_on() -> bool:
    """Tell if this site sends email, and delivery is not held back."""
    return bool(current_app.config["MAIL_URL"]) and not _are_held.get()


@contextmanager
def held_back() -> Iterator[None]:
    """Send no email for the changes in this block, for example while sample texts are added."""
    token = _are_held.set(True)
    try:
        yield
    finally:
        _are_held.reset(token)


def send(message: MailMessage) -> None:
    """Send the message now; raises as `deliver` does.

    While the server does not answer, one message in five seconds tries it, and the others fail at once.
    """
    failure: list[Exception] = []

    def attempt() -> None:
        try:
            deliver(message)
        except transports.ANSWERS as error:
            # An error response shows that the server is up.
            failure.append(error)
        except transports.FAILURES as error:
            failure.append(error)
            raise

    def give_up() -> None:
        if not failure:
            failure.append(ConnectionError("The mail server did not answer a moment ago."))

    circuit = _circuit()
    circuit.call(attempt, give_up)
    current_app.extensions.get(OBSERVER, _look_away)(circuit.is_open)
    for error in failure:
        raise error


def deliver(message: MailMessage) -> None:
    """Send the message now, even if the circuit is open.

    Raises `MessageRefused` if the server refuses it for good, `OSError` or `smtplib.SMTPException` if a retry may
    succeed.
    """
    transport = transports.from_url(current_app.config["MAIL_URL"])
    if transport is None:
        log.info("mail is off, so an email was not sent")
        return
    name, address = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])
    built = messages.mime_message(message, Mailbox(address, name))
    leave_transaction("the mail server")
    try:
        transport.send(built)
    except transports.FAILURES as error:
        if transports.is_permanent(error):
            raise transports.MessageRefused(str(error)) from error
        raise


def _circuit() -> Circuit:
    circuit: Circuit = current_app.extensions.setdefault(EXTENSION, Circuit("mail", OSError))
    return circuit
