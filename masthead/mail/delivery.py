"""Sending a letter. Only tasks call `send`: a mail server may take seconds, and may be away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import parseaddr

import structlog
from flask import Flask, current_app

from masthead.circuit_breaker import Circuit
from masthead.db import leave_transaction
from masthead.mail import letters, transports
from masthead.mail.letters import Letter
from masthead.mail.transports import Mailbox

EXTENSION = "masthead.mail.circuit"
OBSERVER = "masthead.mail.observer"
log = structlog.get_logger(__name__)
_are_held: ContextVar[bool] = ContextVar("masthead_letters_are_held", default=False)


def observe(app: Flask, observer: Callable[[bool], object]) -> None:
    """Tell ``observer`` after each letter whether the mail server is left alone because it has not answered."""
    app.extensions[OBSERVER] = observer


def _look_away(_is_away: bool) -> None:
    """Nobody observes."""


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
    """Send the letter now; raises as `hand_over` does.

    While the server does not answer, one letter in five seconds tries it, and the others fail at once.
    """
    failure: list[Exception] = []

    def attempt() -> None:
        try:
            deliver(letter)
        except transports.ANSWERS as error:
            # It answers, if not as we would like.
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


def deliver(letter: Letter) -> None:
    """Send the letter now, even if the server has just failed to answer.

    Raises `LetterRefused` when the server never takes it, `OSError` or `smtplib.SMTPException` when it does not now.
    """
    transport = transports.from_url(current_app.config["MAIL_URL"])
    if transport is None:
        log.info("mail is off, so an email was not sent")
        return
    name, address = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])
    message = letters.message(letter, Mailbox(address, name))
    leave_transaction("the mail server")
    try:
        transport.send(message)
    except transports.FAILURES as error:
        if transports.is_permanent(error):
            raise transports.LetterRefused(str(error)) from error
        raise


def _circuit() -> Circuit:
    circuit: Circuit = current_app.extensions.setdefault(EXTENSION, Circuit("mail", OSError))
    return circuit
