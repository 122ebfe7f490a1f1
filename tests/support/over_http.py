"""A visitor of a running server, over the real network: keeps cookies, reads pages, fills in their forms."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.support.documents import Document, Value

SECONDS = 30


@dataclass(frozen=True)
class Reply:
    """The answer of a server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Guest:
    """Somebody with a browser's habits and no browser. A connection for each request, as a phone on a train has."""

    def __init__(self, url: str, certificate: Path | None = None) -> None:
        self.url = url
        self._context = ssl.create_default_context(cafile=certificate) if certificate else None
        self._cookies: dict[str, str] = {}

    def ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, object] | bytes | None = None,
        *,
        seconds: float = SECONDS,
        **headers: str,
    ) -> Reply:
        """Send a request with a form, or with these bytes; the answer, not followed. Raises `OSError` if there is none."""
        parts = urlsplit(self.url)
        place = parts.hostname or "", parts.port
        connection = (
            http.client.HTTPSConnection(*place, timeout=seconds, context=self._context)
            if parts.scheme == "https"
            else http.client.HTTPConnection(*place, timeout=seconds)
        )
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        body: bytes | str | None = None
        if isinstance(fields, bytes):
            body = fields
        elif fields is not None:
            body = urlencode(fields, doseq=True)
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.url + path}
            sent["Origin"] = self.url
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            for name, value in response.getheaders():
                if name.lower() == "set-cookie":
                    self._keep(value)
            names = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, names, response.read())
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.partition(";")[0].partition("=")
        if value and "max-age=0" not in cookie.lower():
            self._cookies[name] = value
        else:
            self._cookies.pop(name, None)

    def get(self, path: str, **headers: str) -> Reply:
        """Read an address."""
        return self.ask("GET", path, None, seconds=SECONDS, **headers)

    def fill_in(self, path: str, button: str | None = None, **typed: Value) -> Reply:
        """Open the page, type into the form that has these fields, and send it; the answer, not followed."""
        page = self.get(path)
        assert page.status == 200, f"{path} answers {page.status}"
        form = Document(page.body).form(typed, button)
        return self.ask("POST", form.action or path, form.filled(typed, button))
