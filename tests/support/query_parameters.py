"""The query parameters that views look up, and values that a stranger may type into the address bar."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.utils import cached_property

from masthead.comments.models import CommentStatus
from masthead.jobs.models import JobState
from masthead.pages.models import PageStatus
from masthead.posts.lifecycle import State, Status
from masthead.web.application import FormRequest

#: Every status of every kind: what is right for one list is typed into the address of another.
STATUSES = sorted({*Status, *State, *PageStatus, *CommentStatus, *JobState})
#: Other words, numbers that are none or too large, dates that never were, and text that breaks parsers and patterns.
STRANGE = (
    "",
    "all",
    "-1",
    "9" * 30,
    "²",
    "2026-02-30",
    "9999-12-31",
    '"',
    "%_\\",
    "author:",
    "after:9999-99 before:0",
    "\x00",
    "\N{GRINNING FACE}" * 300,
)


class RecordingQuery(MultiDict[str, str]):
    """A query string that records the names that are looked up in it."""

    def __init__(self, items: Iterable[tuple[str, str]], record: Callable[[str], None]) -> None:
        super().__init__(items)
        self._record = record

    def __getitem__(self, key: str) -> str:
        """The first value; `get` comes here as well."""
        self._record(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        """Return True if there is a value."""
        self._record(str(key))
        return super().__contains__(key)


class QueryRecorder:
    """Records which parameters each view looks up, and one address of it, while it is installed in an application."""

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        #: A path for each endpoint and parameter.
        self.found: dict[tuple[str, str], str] = {}
        recorder = self

        class RecordingRequest(FormRequest):
            @cached_property
            def args(self) -> MultiDict[str, str]:
                record = partial(recorder.record, self.endpoint or "", self.path)
                return RecordingQuery(super().args.items(multi=True), record)

        monkeypatch.setattr(app, "request_class", RecordingRequest)

    def record(self, endpoint: str, path: str, name: str) -> None:
        """Note that a view has looked a parameter up; one function reads the number of a page for all of them."""
        self.found.setdefault(("", name) if name == "page" else (endpoint, name), path)

    def strange_addresses(self) -> Iterator[str]:
        """Each parameter that was looked up, with each strange value."""
        for (_, name), path in sorted(self.found.items()):
            for value in (*STATUSES, *STRANGE) if name in {"status", "state"} else STRANGE:
                yield f"{path}?{urlencode({name: value})}"
            # Bytes that are no UTF-8.
            yield f"{path}?{name}=%FF"
