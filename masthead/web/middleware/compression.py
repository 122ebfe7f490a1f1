"""Compression of dynamic responses that hold no secret.

The page cache and the static files compress what they store. Responses to sessions are not compressed: the length of a
body with a CSRF token and attacker-chosen text could reveal the token (BREACH, https://breachattack.com).

A strong ETag names bytes (RFC 9110, section 8.8.3), so a compressed response gets the coding appended to its ETag. The
suffix is removed from If-Match and If-None-Match before a view sees them.
"""

import re
from typing import Final

from flask import Flask, Response, request

from masthead import compression
from masthead.web.middleware.security_headers import has_session

CODED_TAG: Final = re.compile(f'-(?:{"|".join(compression.CODINGS)})"')
#: Environment key of the original If-None-Match.
AS_SENT: Final = "masthead.if_none_match"


def init_app(app: Flask) -> None:
    """Compress responses as they leave."""
    app.before_request(_name_what_is_stored)
    app.after_request(_compress)


def _name_what_is_stored() -> None:
    request.environ[AS_SENT] = request.environ.get("HTTP_IF_NONE_MATCH", "")
    for name in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
        if name in request.environ:
            request.environ[name] = CODED_TAG.sub('"', request.environ[name])


def _compress(response: Response) -> Response:
    if _is_compressible(response):
        response.vary.add("Accept-Encoding")
        coding = _accepted()
        if coding:
            response.set_data(compression.compress(response.get_data(), coding, compression.QUICK))
            response.content_encoding = coding
    tag, is_weak = response.get_etag()
    coding = response.content_encoding or _coding_of_304(response, tag)
    if tag is not None and coding:
        response.set_etag(f"{tag}-{coding}", weak=bool(is_weak))
    return response


def _is_compressible(response: Response) -> bool:
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or not response.is_sequence:
        return False
    if "Content-Encoding" in response.headers or has_session():
        return False
    return compression.is_worthwhile(response.content_type or "", len(response.get_data()))


def _coding_of_304(response: Response, tag: str | None) -> str:
    """Return the coding of the client's copy: a 304 must carry the ETag that the full response would have."""
    coding = _accepted() if response.status_code == 304 else ""
    return coding if f'"{tag}-{coding}"' in request.environ.get(AS_SENT, "") else ""


def _accepted() -> str:
    return compression.chosen(request.headers.get("Accept-Encoding"), ("", *compression.CODINGS))
