"""Limits that an answer tells of: ``RateLimit-Limit``, ``-Remaining`` and ``-Reset`` (draft-ietf-httpapi-ratelimit-headers)."""

import math

from flask import Flask, Response, g

from masthead import clock
from masthead.web.limits import throttling


def init_app(app: Flask) -> None:
    """Write the headers into every answer to a request that was counted by `count`."""
    app.after_request(_tell)


def count(name: str, key: str) -> None:
    """Count the request like `limits.count`, and let its answer tell how much of the limit is left."""
    try:
        throttling.count(name, key)
    finally:
        # Now, since the counter may be on another machine: later a transaction would wait for it.
        stand = throttling.stand(name, key)
        g.counted_limits = {**g.get("counted_limits", {}), name: (key, stand)}


def forget(name: str) -> None:
    """Uncount what `count` counted of this request."""
    key, _ = g.get("counted_limits", {}).pop(name, (None, None))
    if key is not None:
        throttling.take_back(name, key)


def _tell(response: Response) -> Response:
    """Of several limits, tell the one that is used up first."""
    counted: dict[str, tuple[str, throttling.Stand]] = g.get("counted_limits", {})
    stands = [stand for _, stand in counted.values()]
    if stands:
        stand = min(stands, key=lambda one: one.remaining)
        seconds = max(0, math.ceil(stand.reset_at - clock.now().timestamp()))
        response.headers["RateLimit-Limit"] = str(stand.amount)
        response.headers["RateLimit-Remaining"] = str(stand.remaining)
        response.headers["RateLimit-Reset"] = str(seconds)
    return response
