"""How many requests a client may make, told in every answer (draft-ietf-httpapi-ratelimit-headers)."""

import hashlib
import math

from flask import Flask, Response, g, request

from masthead import clock
from masthead.web import limits


def init_app(app: Flask) -> None:
    """Count every request below ``/api/``, before anything refuses it: whoever sends nonsense is counted, too."""
    app.before_request(_count)
    app.after_request(_tell)


def _client() -> str:
    """The token, or without one the address; the header is hashed, so that the counters hold no secret."""
    header = request.headers.get("Authorization", "")
    return hashlib.sha256(header.encode("utf-8", "replace")).hexdigest()[:32] if header else limits.caller()


def _count() -> None:
    if not request.path.startswith("/api/"):
        return
    g.api_client = _client()
    limits.count("api", g.api_client)


def _tell(response: Response) -> Response:
    if "api_client" not in g:
        return response
    stand = limits.stand("api", g.api_client)
    seconds = max(0, math.ceil(stand.reset_at - clock.now().timestamp()))
    response.headers["RateLimit-Limit"] = str(stand.amount)
    response.headers["RateLimit-Remaining"] = str(stand.remaining)
    response.headers["RateLimit-Reset"] = str(seconds)
    return response
