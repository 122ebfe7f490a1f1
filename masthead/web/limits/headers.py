"""Rate limit headers: ``RateLimit-Limit``, ``-Remaining`` and ``-Reset`` (draft-ietf-httpapi-ratelimit-headers)."""

import math

from flask import Flask, Response, g

from masthead import clock
from masthead.web.limits import throttling


def init_app(app: Flask) -> None:
    """Add the headers to responses of requests that `count` has counted."""
    app.after_request(_tell)


def count(name: str, key: str) -> None:
    """Count the request like `throttling.count`, and report the remaining quota in its response."""
    try:
        throttling.count(name, key)
    finally:
        # Read now: the counter may be on another machine, and a later read could wait for it within a transaction.
        quota = throttling.remaining_quota(name, key)
        g.counted_limits = {**g.get("counted_limits", {}), name: (key, quota)}


def forget(name: str) -> None:
    """Take the hit of this request back."""
    key, _ = g.get("counted_limits", {}).pop(name, (None, None))
    if key is not None:
        throttling.take_back(name, key)


def _tell(response: Response) -> Response:
    """Report the limit that is closest to being exhausted."""
    counted: dict[str, tuple[str, throttling.RemainingQuota]] = g.get("counted_limits", {})
    stands = [quota for _, quota in counted.values()]
    if stands:
        quota = min(stands, key=lambda one: one.remaining)
        seconds = max(0, math.ceil(quota.reset_at - clock.now().timestamp()))
        response.headers["RateLimit-Limit"] = str(quota.amount)
        response.headers["RateLimit-Remaining"] = str(quota.remaining)
        response.headers["RateLimit-Reset"] = str(seconds)
    return response
