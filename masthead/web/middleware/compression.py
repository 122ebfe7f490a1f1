"""Answers that are made for one request are compressed, too, as long as they hold no secret.

What is kept is compressed by whoever keeps it: the page cache and the static files. An answer for somebody with a
session is not compressed: a token of a form beside words that somebody else has chosen could be guessed from the
length of the whole (BREACH, https://breachattack.com).

A strong tag names bytes (RFC 9110, section 8.8.3), so a coded answer has the tag of what is stored and the coding
behind it; what clients send back in If-Match and If-None-Match is the tag of what is stored again before a view sees it.
"""

import re
from typing import Final

from flask import Flask, Response, request

from masthead import compression
from masthead.web.middleware.security_headers import has_session

CODED_TAG: Final = re.compile(f'-(?:{"|".join(compression.CODINGS)})"')
#: Where the request's own If-None-Match is kept.
AS_SENT: Final = "masthead.if_none_match"


def init_app(app: Flask) -> None:
    """Compress answers as they leave."""
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
    """The coding of what the client has: "nothing has changed" names the same tag as the whole would."""
    coding = _accepted() if response.status_code == 304 else ""
    return coding if f'"{tag}-{coding}"' in request.environ.get(AS_SENT, "") else ""


def _accepted() -> str:
    return compression.chosen(request.headers.get("Accept-Encoding"), ("", *compression.CODINGS))
