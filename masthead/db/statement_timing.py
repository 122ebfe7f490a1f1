"""Statement timing: reported to observers, and logged for slow statements."""

import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from flask import Flask
from sqlalchemy import Connection, event

from masthead.db.engine import db

log = structlog.get_logger("masthead.database")

#: Characters of a slow statement that are logged; its values, which may be personal data, are not.
SHOWN_CHARACTERS: Final = 1_000
#: Called with the duration of each statement in seconds, and its text without values.
Observer = Callable[[float, str], None]


def observe(app: Flask, observer: Observer, *, slow_ms: int = 0) -> None:
    """Call ``observer`` after each statement, and log those that take ``slow_ms`` milliseconds or longer; 0 logs none."""
    with app.app_context():
        engine = db.engine
    # Each observer keeps a start time of its own.
    began = object()

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Connection, *_rest: Any) -> None:
        connection.info[began] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(connection: Connection, _cursor: object, statement: str, *_rest: Any) -> None:
        seconds = time.perf_counter() - connection.info.pop(began, time.perf_counter())
        observer(seconds, statement)
        if slow_ms and seconds * 1_000 >= slow_ms:
            shown = " ".join(statement.split())[:SHOWN_CHARACTERS]
            log.warning("slow statement", milliseconds=round(seconds * 1_000), statement=shown)


def observe_connections(app: Flask, taken: Callable[[], object], returned: Callable[[], object]) -> None:
    """Call ``taken`` when a connection is checked out of the pool, and ``returned`` when it is checked in."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", lambda *_: taken())
    event.listen(engine, "checkin", lambda *_: returned())
