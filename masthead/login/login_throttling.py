"""Login throttling: limits on failed sign-ins per account, per IP address and in total.

Devices on which somebody has signed in before have a cookie (OWASP, "device cookies"), and their attempts
are counted apart. So strangers who exhaust the limit of an account do not lock its owner out.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from masthead.login.pending_attempts import Bucket, PendingAttempts
from masthead.people.queries import email_key
from masthead.web.limits import throttling
from masthead.web.limits.throttling import LimitReached

EXTENSION = "masthead.login.pending_attempts"
COOKIE_SECONDS = 365 * 86_400
#: Accounts per device, for people who share one.
REMEMBERED_ACCOUNTS = 8


def init_app(app: Flask) -> None:
    """Notice the end of each request that has begun an attempt."""
    app.teardown_request(_settle)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that is counted as failed until it succeeds."""

    account: str
    counted: tuple[tuple[str, ...], ...]

    def succeeded(self) -> None:
        """Take the attempt back, and remember the device."""
        self.take_back()
        remember_device(self.account)

    def take_back(self) -> None:
        """Take the attempt back: the password was right, and the second factor is still missing."""
        for bucket in self.counted:
            throttling.take_back(*bucket)


def begin(email: str, *, limit: str = "sign_in") -> Attempt:
    """Count an attempt; raises `LimitReached`. Counting first keeps concurrent attempts within the limit.

    If pending attempts use up the limit, it waits for their outcome.

    ``limit`` is the limit per account: ``sign_in`` or ``second_factor``.
    """
    account = _account(email)
    device, known = _device()
    buckets: list[tuple[str, ...]]
    if account in known:
        buckets = [(limit, "device", device)]
    else:
        buckets = [
            (limit, "account", account),
            ("sign_in", "address", throttling.caller()),
            ("sign_in_total", "all"),
        ]
    counted: list[tuple[str, ...]] = []
    try:
        for bucket in buckets:
            _pending().begin(bucket, partial(throttling.count, *bucket))
            counted.append(bucket)
            _of_this_request().append(bucket)
    except LimitReached:
        for bucket in counted:
            throttling.take_back(*bucket)
        raise
    return Attempt(account, tuple(counted))


def _pending() -> PendingAttempts:
    found: PendingAttempts = current_app.extensions.setdefault(EXTENSION, PendingAttempts())
    return found


def _of_this_request() -> list[Bucket]:
    found: list[Bucket] = g.setdefault("pending_attempts", [])
    return found


def _settle(_error: BaseException | None) -> None:
    """Finish the attempts of the request: successful ones are taken back already, the others have failed."""
    for bucket in g.pop("pending_attempts", ()):
        _pending().decide(bucket)


def _account(email: str) -> str:
    """Return a keyed hash of the email address, so that cookies and counters do not reveal it."""
    secret = current_app.config["SECRET_KEY"]
    return hashlib.blake2b(
        email_key(email).encode("utf-8", "replace"), key=secret.encode()[:64], digest_size=12
    ).hexdigest()


def remember_device_of(email: str) -> None:
    """Remember this device for the account with this email address."""
    remember_device(_account(email))


def remember_device(account: str) -> None:
    """Set the device cookie, with this account first."""
    device, known = _device()
    accounts = [account, *[other for other in known if other != account]][:REMEMBERED_ACCOUNTS]
    value = _signer().dumps({"d": device, "a": accounts})

    def tell(response: Response) -> Response:
        response.set_cookie(
            _cookie_name(),
            value,
            max_age=COOKIE_SECONDS,
            path="/auth",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response

    hook: Callable[[Any], Any] = tell
    after_this_request(hook)


def _device() -> tuple[str, list[str]]:
    """Return the id of the device, and the accounts used on it."""
    try:
        content = _signer().loads(request.cookies.get(_cookie_name(), ""))
        return str(content["d"]), [str(account) for account in content["a"]]
    except (BadSignature, KeyError, TypeError):
        return secrets.token_hex(8), []


def _cookie_name() -> str:
    return "__Secure-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="masthead.device")
