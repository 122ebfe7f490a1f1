"""Mail transports: an SMTP server, the console, or a folder, chosen by ``MAIL_URL``."""

import smtplib
import ssl
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from masthead.jobs.errors import NoRetry

TIMEOUT_SECONDS = 30
#: Errors of a transport that cannot deliver.
FAILURES = (OSError, smtplib.SMTPException)


class MessageRefused(smtplib.SMTPException, NoRetry):
    """The server refuses this message for good."""


#: Errors with which a working server refuses something.
ANSWERS = (
    MessageRefused,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
)
Encryption = Literal["none", "starttls", "tls"]


def is_permanent(error: Exception) -> bool:
    """Tell if the server will never accept this message (RFC 5321, section 4.2.1).

    Failed authentication is for the operator to fix, and messages wait for that.
    """
    if isinstance(error, smtplib.SMTPNotSupportedError):
        # The server does not support internationalised addresses (RFC 6531).
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return bool(codes) and all(code // 100 == 5 for code in codes)
    is_about_the_letter = isinstance(error, (smtplib.SMTPSenderRefused, smtplib.SMTPDataError))
    return is_about_the_letter and getattr(error, "smtp_code", 0) // 100 == 5


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A sender address."""

    address: str
    name: str = ""


class Transport(Protocol):
    """Delivers messages; raises `OSError` or `smtplib.SMTPException` on failure."""

    def send(self, message: EmailMessage) -> None:
        """Deliver the message."""

    def try_out(self) -> str:
        """Test the transport without sending, and return a sentence; raises as `send` does."""


@dataclass(frozen=True, slots=True)
class SMTP:
    """An SMTP server. Certificates are verified; only a server on this machine may lack one."""

    host: str
    port: int
    encryption: Encryption
    username: str = ""
    password: str = ""

    def send(self, message: EmailMessage) -> None:
        """Send the message over a new connection."""
        with self._signed_in() as server:
            server.send_message(message)

    def try_out(self) -> str:
        """Connect and authenticate."""
        with self._signed_in() as server:
            server.noop()
        return f"{self.host}:{self.port} takes emails from us."

    def greet(self, seconds: float) -> None:
        """Connect, read the greeting and quit; raises as `send` does, within a small multiple of ``seconds``."""
        with self._connect(ssl.create_default_context(), seconds) as server:
            server.noop()

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        with self._connect(context) as server:
            if self.encryption == "starttls":
                server.starttls(context=context)
            if self.username:
                server.login(self.username, self.password)
            yield server

    def _connect(self, context: ssl.SSLContext, seconds: float = TIMEOUT_SECONDS) -> smtplib.SMTP:
        if self.encryption == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=seconds, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=seconds)


@dataclass(frozen=True, slots=True)
class Console:
    """Prints messages on the terminal, for development."""

    def send(self, message: EmailMessage) -> None:
        """Print the text part, which contains the links."""
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        sys.stdout.write(f"\nTo: {message['To']}\nSubject: {message['Subject']}\n\n{text}\n")
        sys.stdout.flush()

    def try_out(self) -> str:
        """Succeed: the console needs no test."""
        return "Letters are printed on the console, and sent to nobody."


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Stores each message as a file that mail programs open."""

    path: Path

    def send(self, message: EmailMessage) -> None:
        """Write the message to a temporary name and rename it when it is complete."""
        self.path.mkdir(parents=True, exist_ok=True)
        name = f"{message['Date'].datetime:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}"
        draft = self.path / f".{name}"
        draft.write_bytes(message.as_bytes())
        draft.chmod(0o600)
        draft.rename(self.path / f"{name}.eml")

    def try_out(self) -> str:
        """Write a file and delete it."""
        self.path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.path):
            return f"Letters are files in {self.path}, and sent to nobody."


def from_url(url: str) -> Transport | None:
    """Return the transport that ``MAIL_URL`` names; None if it is empty. `masthead.config` has validated it."""
    parts = urlsplit(url)
    match parts.scheme:
        case "":
            return None
        case "console":
            return Console()
        case "file":
            return FolderTransport(Path(unquote(parts.path)))
    default_port = 465 if parts.scheme == "smtps" else 587
    return SMTP(
        parts.hostname or "",
        parts.port or default_port,
        _encryption(parts),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def _encryption(parts: SplitResult) -> Encryption:
    """Return the encryption of the URL: STARTTLS by default, none on this machine, where nobody listens between."""
    if parts.scheme == "smtps":
        return "tls"
    if parts.query:
        return "starttls" if parts.query == "tls=starttls" else "none"
    return "none" if parts.hostname in {"localhost", "127.0.0.1", "::1"} else "starttls"
