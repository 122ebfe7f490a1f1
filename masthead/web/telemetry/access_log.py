"""Access log lines of page cache hits: equal to those of other requests, at a twentieth of the cost.

A hit is sent in a few microseconds; formatting its line with structlog would take ten times as long, and writing it
releases the GIL, after which a thread waits for its next turn. So the lines are formatted here, and a thread writes
them several times a second. A process that is killed loses the last of them.
"""

import json
import logging
import os
import sys
import threading
import time
from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import structlog

from masthead import clock
from masthead.web.exit_hooks import register_exit_hook
from masthead.web.telemetry.logs import StandardError
from masthead.web.telemetry.request_id import of_environment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

WRITE_SECONDS: Final = 0.2
REMEMBERED_PATHS: Final = 1_000
logger = logging.getLogger("masthead.access")


def note_hit(environ: "WSGIEnvironment", status: int, began: float) -> str:
    """Assign a request id to a hit and log it; returns the id."""
    request_id = of_environment(environ)
    if logger.isEnabledFor(logging.INFO):
        milliseconds = (time.perf_counter() - began) * 1_000
        path = environ["PATH_INFO"]
        lines.add(
            (environ["REQUEST_METHOD"], path, status, milliseconds, request_id, clock.now().isoformat())
        )
    return request_id


#: Method, path, status, milliseconds, request id, timestamp.
Hit = tuple[str, str, int, float, str, str]


class Lines:
    """The buffered lines of this process."""

    def __init__(self) -> None:
        self._hits: deque[Hit] = deque()
        self._writer_of: int | None = None
        self._writing = threading.Lock()

    def add(self, hit: Hit) -> None:
        """Buffer a line; the first one in each process starts the thread."""
        self._hits.append(hit)
        if self._writer_of != os.getpid():
            self._writer_of = os.getpid()
            # After a fork, the lock may be held by a thread that exists only in the parent.
            self._writing = threading.Lock()
            threading.Thread(target=self._keep_writing, name="access log", daemon=True).start()
            register_exit_hook(self.write)

    def write(self) -> None:
        """Flush the buffer; lines that the thread is writing are written as well when this returns."""
        with self._writing:
            hits = [self._hits.popleft() for _ in range(len(self._hits))]
            if hits:
                for handler in logging.getLogger().handlers:
                    _write(handler, hits)

    def _keep_writing(self) -> None:
        while True:
            time.sleep(WRITE_SECONDS)
            self.write()


lines = Lines()


def _write(handler: logging.Handler, hits: list[Hit]) -> None:
    formatter = handler.formatter
    if isinstance(handler, StandardError) and isinstance(formatter, structlog.stdlib.ProcessorFormatter):
        as_json = isinstance(formatter.processors[-1], structlog.processors.JSONRenderer)
        text = "".join(map(_as_json if as_json else _as_text, hits))
        handler.acquire()
        try:
            handler.stream.write(text)
            handler.flush()
        except (OSError, ValueError):
            handler.handleError(
                logging.LogRecord(logger.name, logging.INFO, "", 0, text, None, sys.exc_info())
            )
        finally:
            handler.release()
        return
    for hit in hits:
        message: Any = json.loads(_as_json(hit))
        record = logging.LogRecord(logger.name, logging.INFO, "", 0, message, None, None)
        # These attributes tell structlog's formatter that the record is one of its own.
        record.__dict__ |= {"_logger": logger, "_name": "info"}
        handler.handle(record)


def _as_json(hit: Hit) -> str:
    # Only the path needs escaping: the method is GET or HEAD, and ids are validated.
    method, path, status, milliseconds, request_id, moment = hit
    return (
        f'{{"method": "{method}", "path": {_json_of(path)}, "status": {status}, "milliseconds": {milliseconds:.1f},'
        f' "cache": "hit", "request_id": "{request_id}", "event": "request", "level": "info",'
        f' "logger": "masthead.access", "timestamp": "{moment[:-6]}Z"}}\n'
    )


def _as_text(hit: Hit) -> str:
    method, path, status, milliseconds, request_id, moment = hit
    return (
        f"{moment[:-6]}Z [info     ] request                        [masthead.access] method={method}"
        f" path={_repr_of(path)} status={status} milliseconds={milliseconds:.1f} cache=hit request_id={request_id}\n"
    )


# Most hits are of few pages.
@lru_cache(maxsize=REMEMBERED_PATHS)
def _json_of(path: str) -> str:
    return json.dumps(_unicode(path))


@lru_cache(maxsize=REMEMBERED_PATHS)
def _repr_of(path: str) -> str:
    # repr keeps a line break in the path from forging a log line.
    return repr(_unicode(path))


def _unicode(path: str) -> str:
    """Decode the path: WSGI passes its bytes as Latin-1 (PEP 3333)."""
    return path.encode("latin-1").decode("utf-8", "replace")
