"""Copies the public site: follows its links from the home page and the site map, and writes what it finds."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Flask
from sqlalchemy.orm import Session

from masthead.errors import Invalid
from masthead.exporting.static_site import redirect_pages, search_index
from masthead.exporting.static_site.folder import StaticFolder
from masthead.exporting.static_site.layout import FEEDS, SiteLayout, StaticPlace, place_of
from masthead.exporting.static_site.rendering import PageRenderer, RenderedPage
from masthead.exporting.static_site.rewriting import Rewriter

#: Addresses that no page needs to link.
SEEDS: Final = (
    "/",
    "/about",
    "/blog/",
    "/search",
    "/sitemap.xml",
    "/robots.txt",
    "/feed.xml",
    "/rss.xml",
    "/feed.json",
)
#: An address that no site has, for the page that servers show for unknown ones.
UNKNOWN: Final = "/blog/post/-"
_HEAD: Final = '<meta charset="utf-8">'
_WITH_ADDRESSES: Final = frozenset(
    {
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
        "text/plain",
    }
)
_SCRIPTS: Final = frozenset({"text/javascript", "application/javascript"})
#: Answers that say nothing about the page being there.
_FAILURES: Final = frozenset({408, 429})
#: Pages of people with accounts, which a copy without a server cannot have. A link there is dead.
_TOOLS: Final = (
    "/admin", "/api/", "/auth/", "/blog/create", "/blog/delete/", "/blog/edit/", "/blog/my-posts", "/dashboard", "/health", "/metrics",
    "/preview/", "/setup",
)  # fmt: skip
_NO_FILE: Final = "no file can have this address"


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A link of the copy that leads to no file."""

    page: str
    address: str


@dataclass(slots=True)
class StaticCounts:
    """Counters of the copied site."""

    pages: int = 0
    files: int = 0
    redirects: int = 0
    #: Old addresses that are in `_redirects` only.
    lines_only: int = 0
    dead: list[DeadLink] = field(default_factory=list)


class StaticSite:
    """Copies one site into a folder."""

    def __init__(
        self,
        app: Flask,
        folder: StaticFolder,
        layout: SiteLayout,
        report: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._layout = layout
        self._renderer = PageRenderer(app, layout.source)
        self._report = report
        self._waiting: deque[StaticPlace] = deque()
        self._seen: set[str] = set()
        #: The first page that links each file.
        self._linked: dict[str, DeadLink] = {}
        self._moved: dict[str, str] = {}
        self.counts = StaticCounts()

    def copy(self, session: Session) -> StaticCounts:
        """Write everything, check all links, and remove what the site no longer has."""
        for path in SEEDS:
            self._queue(place_of(path))
        while self._waiting:
            self._copy_one(self._waiting.popleft())
            self._report(self.counts.pages)
        self._write_unknown()
        for name, content in search_index.files(session):
            self._folder.write(f"search/{name}", content)
        self._write_redirects(session)
        self._folder.write_if_missing(".nojekyll", "")
        self.counts.dead += [link for file, link in self._linked.items() if file not in self._folder]
        self._folder.finish()
        return self.counts

    def _queue(self, place: StaticPlace | None) -> None:
        if place is not None and place.file not in self._seen and not place.request.startswith(_TOOLS):
            self._seen.add(place.file)
            # Files first: a page of an interrupted run never shows a picture that is not there.
            if place.file.endswith("index.html"):
                self._waiting.append(place)
            else:
                self._waiting.appendleft(place)

    def _copy_one(self, place: StaticPlace) -> None:
        if place.file.startswith("media/"):
            self._copy_media(place)
            return
        answer = self._answer(place.request)
        if answer.status in {301, 302, 303, 307, 308}:
            self._note_move(place, answer.location)
        elif answer.status == 200:
            self._folder.write(place.file, self._rewritten(place.request, answer))
            if answer.media_type == "text/html":
                self.counts.pages += 1
            else:
                self.counts.files += 1

    def _answer(self, address: str, *, with_body: bool = True) -> RenderedPage:
        """The answer to an address; raises `Invalid` for a failure, by which no page of the copy must go."""
        answer = self._renderer.page(address, with_body=with_body)
        if answer.status in _FAILURES or answer.status >= 500:
            raise Invalid(
                f"{address} cannot be rendered (status {answer.status}). Nothing was removed; run the command again."
            )
        return answer

    def _copy_media(self, place: StaticPlace) -> None:
        answer = self._answer(place.request, with_body=False)
        if answer.status == 200:
            parts = partial(self._renderer.chunks, place.request)
            self._folder.write_parts(place.file, answer.mark, answer.size, parts)
            self.counts.files += 1

    def _note_move(self, place: StaticPlace, location: str) -> None:
        """An address that leads on: a page says so, and the target is copied as well."""
        path = urlsplit(place.request).path
        local = self._layout.local(location, path)
        if local is None:
            self._moved[path] = location
            return
        target = place_of(*local)
        if target is not None and target.file != place.file:
            self._queue(target)
            self._moved[path] = self._layout.target + target.address

    def _rewritten(self, request: str, answer: RenderedPage) -> bytes:
        text = answer.body
        rewriter = Rewriter(self._layout, urlsplit(request).path, self._comment_place)
        if answer.media_type == "text/html":
            document = _with_policy(text.decode("utf-8"), answer.policy)
            text = rewriter.html(document).encode("utf-8")
        elif answer.media_type in _WITH_ADDRESSES:
            document = text.decode("utf-8")
            if request == "/robots.txt":
                document = _robots(document, self._layout.base_path)
            text = rewriter.absolute(document).encode("utf-8")
        elif answer.media_type == "text/css":
            rewriter.style(text.decode("utf-8"))
        elif answer.media_type in _SCRIPTS:
            rewriter.module(text.decode("utf-8"))
        self._note_links(request, rewriter)
        return text

    def _note_links(self, request: str, rewriter: Rewriter) -> None:
        for place in rewriter.found:
            self._queue(place)
            link = DeadLink(request, place.request)
            if self._linked.setdefault(place.file, link).page.endswith(tuple(FEEDS)):
                # People look for a link in a page, not in a feed.
                self._linked[place.file] = link
        self.counts.dead += [DeadLink(request, f"{address} ({_NO_FILE})") for address in rewriter.impossible]

    def _comment_place(self, path: str, query: str) -> StaticPlace | None:
        """The page of a thread that shows a comment."""
        answer = self._renderer.page(f"{path}?{query}", with_body=False)
        local = self._layout.local(answer.location, path) if answer.location else None
        return place_of(*local) if local is not None else None

    def _write_unknown(self) -> None:
        answer = self._renderer.page(UNKNOWN)
        document = re.sub(rb'<p class="error-reference">.*?</p>', b"", answer.body, flags=re.DOTALL)
        rewriter = Rewriter(self._layout, "/", self._comment_place)
        self._folder.write("404.html", rewriter.html(_with_policy(document.decode("utf-8"), answer.policy)))
        self._note_links("/404.html", rewriter)

    def _write_redirects(self, session: Session) -> None:
        for old, new in redirect_pages.all_redirects(session):
            place = place_of(*_local_parts(new)) if new.startswith("/") else None
            target = new if place is None else self._layout.target + place.address
            if place is None or place.file in self._folder:
                self._moved.setdefault(quote(old, safe="/?=&"), target)
        lines = []
        for old, target in sorted(self._moved.items()):
            lines.append(redirect_pages.line(self._layout.base_path + old, target))
            place = None if "?" in old else place_of(old)
            if place is not None and place.file.endswith((".html", ".htm")) and self._is_free(place.file):
                self._folder.write(place.file, redirect_pages.page(target))
                self.counts.redirects += 1
            else:
                self.counts.lines_only += 1
        self._folder.write(redirect_pages.FILE, "".join(lines))

    def _is_free(self, file: str) -> bool:
        """Check that no file has the name, and that none has that of a folder above it."""
        parts = file.split("/")
        folders = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
        return file not in self._folder and not any(folder in self._folder for folder in folders)


def _local_parts(address: str) -> tuple[str, str, str]:
    parts = urlsplit(address)
    return parts.path, parts.query, parts.fragment


def _with_policy(document: str, policy: str) -> str:
    """The page with its security policy, which no server sends."""
    tag = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    return document.replace(_HEAD, f"{_HEAD}\n{tag}", 1) if policy else document


def _robots(document: str, base_path: str) -> str:
    """The rules with the paths of the copy."""
    return re.sub(
        r"^((?:Dis)?allow: *)/", rf"\g<1>{base_path}/", document, flags=re.IGNORECASE | re.MULTILINE
    )
