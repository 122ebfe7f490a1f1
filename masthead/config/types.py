"""Types of settings, which validate values and describe errors briefly. Pure."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, parse_qs, urlsplit

import limits
from pydantic import AfterValidator, SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

MINIMUM_SECRET_CHARACTERS = 32
#: Example keys from tutorials; with one of them anyone can forge a session.
KNOWN_SECRETS = frozenset(
    {
        "dev",
        "secret",
        "secret-key",
        "change-me",
        "changeme",
        "you-will-never-guess",
        "dev-secret-key-change-in-production",
        "hard to guess string",
        "your-secret-key-here",
    }
)
#: A bucket's name: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
#: An origin as browsers send it (RFC 6454, section 6.2), literal rather than a pattern.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?")
#: A path that needs no quoting anywhere.
ADDRESS_PATH = re.compile(r"[A-Za-z0-9/._~-]*")
#: A host name, or an IP address without brackets.
LISTENING_HOST = re.compile(r"[^\s/@:*?#\[\]]+|[0-9A-Fa-f.]*(?::[0-9A-Fa-f.]*){2,}(?:%\w+)?")
#: A host name or an IP address, optionally with a port, but without user information.
HOST = re.compile(r"(?:[^\s/@:*?#\[\]]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?")

LIMIT = re.compile(
    r"\s*\d+\s*(?:/|per)\s*(?:[1-9]\d*\s*)?(?:second|minute|hour|day|month|year)s?\s*",
    re.IGNORECASE | re.ASCII,
)
LARGEST_LIMIT = 10**9


def address_parts(value: str, *schemes: str) -> SplitResult | None:
    """Split a URL with one of these schemes and a host; None for anything else."""
    parts = _parts(value, schemes)
    return parts if parts is not None and parts.hostname else None


def _parts(value: str, schemes: Collection[str]) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        # Reading the port validates it; no server listens on 0.
        is_possible = parts.port != 0
    except ValueError:
        return None
    return parts if is_possible and parts.scheme in schemes else None


def _known_limit(value: str) -> str:
    try:
        limit = limits.parse(value)
    except ValueError:
        raise ValueError("must look like 10 per 5 minutes") from None
    # limits reads the first limit that it finds and ignores surrounding text.
    if LIMIT.fullmatch(value) is None:
        raise ValueError("must be one limit, and look like 10 per 5 minutes")
    if not 0 < limit.amount < LARGEST_LIMIT or not 0 < limit.multiples < LARGEST_LIMIT:
        raise ValueError(
            "must let at least 1 through and fewer than a billion; RATELIMIT_ENABLED=false switches all limits off"
        )
    return value


def _strong_secret(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if secret and secret.lower() in KNOWN_SECRETS:
        raise ValueError("is a default that everybody knows; leave it out and Masthead makes one")
    if secret and len(secret) < MINIMUM_SECRET_CHARACTERS:
        raise ValueError(f"is too short; it needs at least {MINIMUM_SECRET_CHARACTERS} characters")
    return value


def _known_database(value: str) -> str:
    if not value:
        return value
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("is not a database address such as postgresql://user@host/name") from None
    if url.get_backend_name() not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError("must begin with sqlite:// or postgresql://")
    if url.get_backend_name() in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    elif url.database in {None, "", ":memory:"}:
        raise ValueError("must name a file; a database in memory would lose everything at the next start")
    return url.render_as_string(hide_password=False)


def _known_redis(value: str) -> str:
    if value and address_parts(value, "redis", "rediss") is None:
        raise ValueError(
            "must look like redis://user:password@host:6379/0, or rediss:// for an encrypted way"
        )
    return value


def _known_syslog(value: str) -> str:
    if value not in {"", "local"} and address_parts(value, "udp") is None:
        raise ValueError("must be local, or look like udp://logs.example.org:514")
    return value


def picture_place(value: str) -> str:
    """Normalise the picture store, a folder or a bucket; raises `ValueError` with the reason."""
    if not value or "://" not in value:
        return str(Path(value).absolute()) if value else value
    try:
        parts = urlsplit(value)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        parts, options = urlsplit(""), {}
    if (
        parts.scheme != "s3"
        or not BUCKET.fullmatch(parts.netloc)
        or not options.keys() <= {"endpoint", "region"}
    ):
        raise ValueError(
            "must be a folder such as /var/lib/masthead/media, or s3://bucket/folder?endpoint=https://…&region=…"
        )
    return value


def _public_parts(value: str) -> SplitResult | None:
    """Return the parts of a URL that pages may show: host and path, no user information or query."""
    parts = address_parts(value, "http", "https")
    is_plain = parts is not None and HOST.fullmatch(parts.netloc) and not (parts.query or parts.fragment)
    return parts if is_plain else None


def _absolute_address(value: str) -> str:
    if not value:
        return value
    parts = _public_parts(value)
    if parts is None or parts.path.strip("/"):
        raise ValueError("must look like https://example.org, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _known_delivery_network(value: str) -> str:
    if not value:
        return value
    parts = _public_parts(value)
    if parts is None or not ADDRESS_PATH.fullmatch(parts.path):
        raise ValueError("must look like https://cdn.example.org/static")
    # A CDN without a path serves this site's /static.
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/static'}"


def _known_error_collector(value: str) -> str:
    if not value:
        return value
    parts = address_parts(value, "http", "https")
    if parts is None or not parts.username or not parts.path.rpartition("/")[2].isdigit():
        raise ValueError("must look like https://key@sentry.example.org/1, as Sentry shows it for a project")
    return value


def _known_trace_collector(value: str) -> str:
    if not value:
        return value
    parts = address_parts(value, "http", "https")
    if parts is None or parts.query or parts.fragment:
        raise ValueError("must look like http://localhost:4318, the address for OTLP over HTTP")
    return value.rstrip("/")


def _known_mail(value: str) -> str:
    if not value:
        return value
    parts = _parts(value, {"smtp", "smtps", "console", "file"})
    if parts is None:
        raise ValueError("must begin with smtp://, smtps:// or file:///, or be console:")
    if parts.scheme in {"smtp", "smtps"} and not parts.hostname:
        raise ValueError("must name a server, as in smtp://user:password@mail.example.org:587?tls=starttls")
    if parts.query not in {"", "tls=starttls", "tls=none"}:
        raise ValueError("knows ?tls=starttls and ?tls=none only; smtps:// is encrypted from the start")
    if parts.scheme == "file" and (parts.netloc or len(parts.path) < 2):
        raise ValueError("must name a folder from the root, as in file:///var/spool/letters")
    return value


_ADDRESS = r"[^\s<>@,;:()\"]+@[^\s<>@,;:()\"]+"
#: An address, optionally after a name, which is quoted if it contains special characters. `parseaddr` would accept the
#: first of several.
SENDER = re.compile(rf"{_ADDRESS}|(?:\"(?:[^\"\\]|\\.)*\"|[^\"<>@,;:()]*)\s*<{_ADDRESS}>")


def _one_sender(value: str) -> str:
    if value and (not value.isprintable() or not SENDER.fullmatch(value)):
        raise ValueError("must be one address such as desk@example.org, or Name <desk@example.org>")
    return value


def _one_listening_host(value: str) -> str:
    if not LISTENING_HOST.fullmatch(value):
        raise ValueError("must be a name or an address of this machine, such as 127.0.0.1 or ::")
    return value


def _whole_origins(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(ORIGIN.fullmatch(origin) for origin in value):
        raise ValueError("must list origins such as https://app.example.org; * and null are not allowed")
    return value


def _whole_hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(HOST.fullmatch(host) for host in value):
        raise ValueError(
            "must list host names such as magazine.example or .magazine.example, without http:// and *"
        )
    return value


#: A rate limit in the notation of Flask-Limiter.
Limit = Annotated[str, AfterValidator(_known_limit)]
SecretKey = Annotated[SecretStr, AfterValidator(_strong_secret)]
DatabaseAddress = Annotated[str, AfterValidator(_known_database)]
RedisAddress = Annotated[str, AfterValidator(_known_redis)]
SyslogAddress = Annotated[str, AfterValidator(_known_syslog)]
PictureFolder = Annotated[str, AfterValidator(picture_place)]
ErrorCollector = Annotated[str, AfterValidator(_known_error_collector)]
TraceCollector = Annotated[str, AfterValidator(_known_trace_collector)]
StaticAddress = Annotated[str, AfterValidator(_known_delivery_network)]
SiteAddress = Annotated[str, AfterValidator(_absolute_address)]
MailServerAddress = Annotated[str, AfterValidator(_known_mail)]
Sender = Annotated[str, AfterValidator(_one_sender)]
ListeningHost = Annotated[str, AfterValidator(_one_listening_host)]
Hosts = Annotated[tuple[str, ...], AfterValidator(_whole_hosts)]
Origins = Annotated[tuple[str, ...], AfterValidator(_whole_origins)]
