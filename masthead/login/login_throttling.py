"""Counting failed sign-ins: per account, per address and in all, without locking the owner of an account out.

A device on which somebody has signed in before carries a cookie that says so (OWASP, "device cookies"). Its attempts
are counted apart, so that strangers who use up the limits of an account do not keep its owner from signing in.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from masthead.login.undecided_attempts import Bucket, UndecidedAttempts
from masthead.people.queries import email_key
from masthead.web.limits import throttling
from masthead.web.limits.throttling import LimitReached

EXTENSION = "masthead.login.undecided_attempts"
COOKIE_SECONDS = 365 * 86_400
#: People who share a device.
REMEMBERED_ACCOUNTS = 8


def init_app(app: Flask) -> None:
    """Notice the end of each request that has begun an attempt."""
    app.teardown_request(_decide)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that is counted as failed until it succeeds."""

    account: str
    counted: tuple[tuple[str, ...], ...]

    def succeeded(self) -> None:
        """Count it no longer, and remember the device."""
        self.take_back()
        remember_device(self.account)

    def take_back(self) -> None:
        """Count it no longer: the password was right, and the second factor is still to come."""
        for bucket in self.counted:
            throttling.take_back(*bucket)


def begin(email: str, *, limit: str = "sign_in") -> Attempt:
    """Count an attempt; raises `LimitReached`. Counting first keeps parallel attempts within the limit.

    Where the limit is used up by attempts that are not decided yet, it waits for them.

    ``limit`` names the setting that bounds the attempts of one account: ``sign_in`` or ``second_factor``.
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
            _undecided().begin(bucket, partial(throttling.count, *bucket))
            counted.append(bucket)
            _of_this_request().append(bucket)
    except LimitReached:
        for bucket in counted:
            throttling.take_back(*bucket)
        raise
    return Attempt(account, tuple(counted))


def _undecided() -> UndecidedAttempts:
    found: UndecidedAttempts = current_app.extensions.setdefault(EXTENSION, UndecidedAttempts())
    return found


def _of_this_request() -> list[Bucket]:
    found: list[Bucket] = g.setdefault("undecided_attempts", [])
    return found


def _decide(_error: BaseException | None) -> None:
    """At the end of a request its attempts have succeeded, and are counted no longer, or failed."""
    for bucket in g.pop("undecided_attempts", ()):
        _undecided().decide(bucket)


def _account(email: str) -> str:
    """The address in a form that says nothing to who reads the cookie or the counters."""
    secret = current_app.config["SECRET_KEY"]
    return hashlib.blake2b(
        email_key(email).encode("utf-8", "replace"), key=secret.encode()[:64], digest_size=12
    ).hexdigest()


def remember_device_of(email: str) -> None:
    """Remember the device on which the account was opened without a password."""
    remember_device(_account(email))


def remember_device(account: str) -> None:
    """Let the answer tell the browser that this account has been used on it."""
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
    """The device's own name, and the accounts that have been used on it."""
    try:
        content = _signer().loads(request.cookies.get(_cookie_name(), ""))
        return str(content["d"]), [str(account) for account in content["a"]]
    except (BadSignature, KeyError, TypeError):
        return secrets.token_hex(8), []


def _cookie_name() -> str:
    return "__Secure-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="masthead.device")
