"""A visitor who follows every link, tries every filter and presses every button of the site, and notes what fails.

Addresses that differ in their ids and slugs alone lead to the same view, so only some of each are opened.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

from tests.support.documents import Document, Form
from tests.support.visitors import Visitor

#: Addresses of one view with the same filters that are opened, if nobody asks for fewer.
EACH = 2
#: Pages on which one form of filters is filled in. Filters lead to pages with the same filters, so without a bound a list
#: with seven of them has thousands of pages; on the first few each choice is tried alone and beside others.
FILLED_IN = 5
#: Addresses of one view with the same several filters, whatever their values: each value is tried alone.
COMBINED = 4
#: Buttons that change the ways in, or end the visit or the account, and so are pressed last, in this order.
LAST = ("/auth/security", "/auth/privacy", "/auth/sessions", "/auth/logout")
WORDS = ("harvest", '"', "author:nobody -x")
HOST = "localhost"


@dataclass
class Crawl:
    """The pages that one visitor has found."""

    faults: list[str] = field(default_factory=list)
    #: The pages by address.
    pages: dict[str, bytes] = field(default_factory=dict)
    opened: int = 0
    pressed: int = 0
    #: Buttons whose page was gone.
    skipped: list[str] = field(default_factory=list)


class Crawler:
    """Crawls the site as one visitor."""

    def __init__(self, app: Flask, visitor: Visitor, *, each: int = EACH) -> None:
        self.visitor = visitor
        self._limit = each
        self._routes: MapAdapter = app.url_map.bind(HOST)
        self._seen: set[str] = set()
        self._each: Counter[object] = Counter()
        self._combined: Counter[object] = Counter()
        self._filled_in: Counter[object] = Counter()
        self._waiting: deque[tuple[str, str]] = deque()
        self.found = Crawl()

    @property
    def endpoints(self) -> set[str]:
        """The views whose addresses were found."""
        return {str(kind[0]) for kind in self._each if isinstance(kind, tuple)}

    def walk(self, *starts: str) -> Crawl:
        """Follow links, filters and forms that change nothing, from these addresses on."""
        for start in starts:
            self._note(start, "")
        while self._waiting:
            address, source = self._waiting.popleft()
            self._open(address, source)
        return self.found

    def press_every_button(self) -> Crawl:
        """Send each form of the pages that were found, with what it offers, by each of its buttons."""
        presses: dict[tuple[str, str, str], str] = {}
        for address, body in self.found.pages.items():
            for form in Document(body).forms:
                if form.method == "post":
                    for name, value in form.buttons or [("", "")]:
                        kind = self._kind(form.action or address)
                        presses.setdefault((str(kind), name, value), f"{address}\n{form.action}")
        for (_, _, value), place in sorted(presses.items(), key=lambda item: _rank(item[1])):
            page, action = place.split("\n")
            self._press(page, action, value)
        # Where they lead, and to what is shown of a thing that was changed.
        return self.walk()

    def _press(self, page: str, action: str, button: str) -> None:
        response = self.visitor.get(page)
        if response.status_code != 200:
            # An earlier button has taken the page away.
            self.found.skipped.append(f"{button!r} of {action} on {page}: {response.status_code}")
            return
        for form in Document(response.data).forms:
            if form.method == "post" and form.action == action and form.has({}, button):
                answer = self.visitor.post(urljoin(page, action or page), data=form.filled({}, button))
                self.found.pressed += 1
                self._judge(answer, f"the button {button!r} of {action}", page)
                if answer.status_code == 422:
                    self.found.pages[f"{page} (refused {button!r} of {action})"] = answer.data
                elif answer.status_code in {302, 303}:
                    self._note(urljoin(page, answer.headers["Location"]), f"{page} after {button!r}")
                return

    def _open(self, address: str, source: str) -> None:
        response = self.visitor.get(address)
        self.found.opened += 1
        self._judge(response, address, source)
        if response.status_code in {301, 302, 303, 308}:
            self._note(urljoin(address, response.headers["Location"]), address)
        elif response.status_code == 200 and response.mimetype == "text/html":
            self.found.pages[address] = response.data
            self._note_all(address, Document(response.data))

    def _judge(self, response: TestResponse, name: str, source: str) -> None:
        if response.status_code >= 500 or response.status_code == 404:
            self.found.faults.append(f"{response.status_code}: {name} on {source or 'start'}")

    def _note_all(self, address: str, page: Document) -> None:
        # A canonical address and a feed are followed as well; style sheets, scripts and pictures have to be there.
        for target in page.all("//a/@href | //link/@href | //img/@src | //script/@src | //source/@src"):
            self._note(urljoin(address, str(target)), address)
        for form in page.forms:
            if form.method == "get" and self._is_new(urljoin(address, form.action or address), form):
                for query in _queries(form, page):
                    target = urljoin(address, form.action or address).partition("?")[0]
                    self._note(f"{target}?{urlencode(query, doseq=True)}", address)

    def _is_new(self, target: str, form: Form) -> bool:
        """Count the pages that have this form; False if it was filled in on enough of them."""
        form_of_view = (self._kind(urlsplit(target).path), frozenset(form.fields))
        self._filled_in[form_of_view] += 1
        return self._filled_in[form_of_view] <= FILLED_IN

    def _note(self, address: str, source: str) -> None:
        parts = urlsplit(address)
        if parts.hostname not in {None, HOST} or parts.scheme not in {"", "http", "https"}:
            return
        plain = parts.path + (f"?{parts.query}" if parts.query else "")
        if plain in self._seen:
            return
        self._seen.add(plain)
        kind = self._kind(plain)
        self._each[kind] += 1
        if self._each[kind] <= self._limit and not self._has_enough_of(plain):
            self._waiting.append((plain, source))

    def _has_enough_of(self, address: str) -> bool:
        """Count the addresses with the same several filters; True if enough of them are opened."""
        parts = urlsplit(address)
        names = frozenset(name for name, _ in parse_qsl(parts.query))
        combination = (self._kind(parts.path), names)
        self._combined[combination] += len(names) > 1
        return self._combined[combination] > COMBINED

    def _kind(self, address: str) -> object:
        """The view and the filters of an address; the address itself where no view has it."""
        parts = urlsplit(address)
        filters = tuple(
            sorted((name, "1" if value.isdigit() else value) for name, value in parse_qsl(parts.query))
        )
        try:
            endpoint, _ = self._routes.match(parts.path)
        except HTTPException:
            try:
                endpoint, _ = self._routes.match(parts.path, method="POST")
            except HTTPException:
                return parts.path
        return (endpoint, filters)


def _rank(place: str) -> int:
    return max((rank for rank, name in enumerate(LAST, 1) if name in place), default=0)


def _queries(form: Form, page: Document) -> Iterator[dict[str, Any]]:
    """The queries of a GET form: as it is, and with each choice and some words in each field."""
    yield form.values
    for name in form.fields:
        controls = page.all(f"//form//*[@name='{name}']")
        options = [option.get("value", "") for control in controls for option in control.xpath(".//option")]
        ticks = [
            control.get("value", "on") for control in controls if control.get("type") in {"checkbox", "radio"}
        ]
        hidden = any(control.get("type") == "hidden" for control in controls)
        for value in options or ticks or (() if hidden else WORDS):
            yield form.values | {name: [value]}
    for name, value in form.buttons:
        if name:
            yield form.values | {name: [value]}
