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


def _count() -> None:
    """Count the request for its token, if that was found valid lately, and otherwise for the network it comes from.

    Anybody can invent tokens. So one counts for itself only from the moment at which `recognised` says whose it is.
    """
    if not request.path.startswith("/api/"):
        return
    header = request.headers.get("Authorization", "")
    # The header is hashed, so that the counters hold no secret.
    token = hashlib.sha256(header.encode("utf-8", "replace")).hexdigest()[:32] if header else ""
    if token and _is_known(token):
        g.api_client = token
    else:
        g.api_client = limits.caller()
        g.api_token = token
    limits.count("api", g.api_client)


def _is_known(token: str) -> bool:
    stand = limits.stand("api", token)
    return stand.remaining < stand.amount


def recognised() -> None:
    """Count the present request for its token alone: somebody has found out whose it is."""
    token: str = g.pop("api_token", "")
    if not token:
        return
    limits.take_back("api", g.api_client)
    g.api_client = token
    limits.count("api", token)


def _tell(response: Response) -> Response:
    if "api_client" not in g:
        return response
    stand = limits.stand("api", g.api_client)
    seconds = max(0, math.ceil(stand.reset_at - clock.now().timestamp()))
    response.headers["RateLimit-Limit"] = str(stand.amount)
    response.headers["RateLimit-Remaining"] = str(stand.remaining)
    response.headers["RateLimit-Reset"] = str(seconds)
    return response
