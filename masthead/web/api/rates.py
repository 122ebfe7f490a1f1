"""Rate limits of the API: for each kind of request, and for both kinds together."""

import hashlib

from flask import Flask, g, request

from masthead.web.limits import headers, throttling

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Count every request below ``/api/`` before any other check, so that malformed requests count as well."""
    app.before_request(_count)


def _count() -> None:
    """Count the request for its token if that was valid lately, otherwise for the client's network.

    Anybody can invent tokens, so a token counts by itself only after `recognised` has found its account.
    """
    if not request.path.startswith("/api/"):
        return
    header = request.headers.get("Authorization", "")
    # Hashed, so that the counters hold no secret.
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
    quota = throttling.remaining_quota("api", token)
    return quota.remaining < quota.amount


def recognised() -> None:
    """Count the current request for its token alone, now that the token is verified."""
    token: str = g.pop("api_token", "")
    if not token:
        return
    for name in ("api", _kind()):
        headers.forget(name)
    _count_for(token)
