"""How many requests a client of the API may make: of each kind, and of both together."""

import hashlib

from flask import Flask, g, request

from masthead.web.limits import headers, throttling

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Count every request below ``/api/``, before anything refuses it: whoever sends nonsense is counted, too."""
    app.before_request(_count)


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
        _count_for(token)
    else:
        g.api_token = token
        _count_for(throttling.caller())


def _kind() -> str:
    return "api_reads" if request.method in READING else "api_writes"


def _count_for(client: str) -> None:
    for name in ("api", _kind()):
        headers.count(name, client)


def _is_known(token: str) -> bool:
    stand = throttling.stand("api", token)
    return stand.remaining < stand.amount


def recognised() -> None:
    """Count the present request for its token alone: somebody has found out whose it is."""
    token: str = g.pop("api_token", "")
    if not token:
        return
    for name in ("api", _kind()):
        headers.forget(name)
    _count_for(token)
