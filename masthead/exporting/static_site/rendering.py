"""Renders public pages as an anonymous visitor gets them, without a server, the page cache or any count of views."""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response

from masthead.web.static_copies import ENVIRONMENT_KEY

#: A program without a reader, so that nothing counts a view.
USER_AGENT: Final = "Masthead static export bot"
SITE_HEADER: Final = "Content-Security-Policy"
#: Directives that a browser ignores in a page.
_ONLY_IN_HEADERS: Final = frozenset({"frame-ancestors", "report-uri", "sandbox"})


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """An answer of the running site."""

    status: int
    media_type: str
    location: str
    mark: str
    size: int | None
    policy: str
    body: bytes


@dataclass(frozen=True, slots=True)
class PageRenderer:
    """Renders pages of one application."""

    app: Flask
    source: str

    def page(self, address: str, *, with_body: bool = True) -> RenderedPage:
        """The answer to a path with its query; without the body, only what the header says."""
        return contextvars.Context().run(self._page, address, with_body)

    def chunks(self, address: str) -> Iterator[bytes]:
        """The body of a file, in parts."""
        with self._request(address):
            response = self.app.full_dispatch_request()
            try:
                yield from response.iter_encoded()
            finally:
                response.close()

    def _page(self, address: str, with_body: bool) -> RenderedPage:
        with self._request(address):
            response = self.app.full_dispatch_request()
            try:
                body = b"".join(response.iter_encoded()) if with_body else b""
            finally:
                response.close()
            return _described(response, body)

    @contextmanager
    def _request(self, address: str) -> Iterator[None]:
        environment = {ENVIRONMENT_KEY: True}
        headers = {"User-Agent": USER_AGENT}
        with self.app.test_request_context(
            address, base_url=self.source, headers=headers, environ_overrides=environment
        ):
            yield


def _described(response: Response, body: bytes) -> RenderedPage:
    directives = [one.strip() for one in response.headers.get(SITE_HEADER, "").split(";")]
    policy = "; ".join(one for one in directives if one and one.split()[0] not in _ONLY_IN_HEADERS)
    return RenderedPage(
        status=response.status_code,
        media_type=response.mimetype or "",
        location=response.headers.get("Location", ""),
        mark=response.get_etag()[0] or "",
        size=response.content_length,
        policy=policy,
        body=body,
    )
