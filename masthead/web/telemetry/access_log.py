"""The log line of an answer from memory: the same as every request's, at a twentieth of the price.

A kept page is sent in a few microseconds; formatting its line with structlog would take ten times as long, and
writing it lets go of Python's lock, after which a thread waits for its next turn. So the lines are put together here,
and a thread writes them several times a second. A process that is killed loses the last of them.
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
from masthead.web.exit_hooks import at_end
from masthead.web.telemetry.logs import StandardError
from masthead.web.telemetry.request_id import of_environment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

WRITE_SECONDS: Final = 0.2
REMEMBERED_PATHS: Final = 1_000
logger = logging.getLogger("masthead.access")


def note_hit(environ: "WSGIEnvironment", status: int, began: float) -> str:
    """Give the request its id and log it; the id."""
    request_id = of_environment(environ)
    if logger.isEnabledFor(logging.INFO):
        milliseconds = (time.perf_counter() - began) * 1_000
        path = environ["PATH_INFO"]
        lines.add(
            (environ["REQUEST_METHOD"], path, status, milliseconds, request_id, clock.now().isoformat())
        )
    return request_id


#: Method, path, status, milliseconds, request id, moment.
Hit = tuple[str, str, int, float, str, str]


class Lines:
    """The lines of this process that are not written yet."""

    def __init__(self) -> None:
        self._hits: deque[Hit] = deque()
        self._writer_of: int | None = None
        self._writing = threading.Lock()

    def add(self, hit: Hit) -> None:
        """Have a line written soon; the first one in each process starts the thread."""
        self._hits.append(hit)
        if self._writer_of != os.getpid():
            self._writer_of = os.getpid()
            # The one before may be held by a thread of the process that this is a fork of.
            self._writing = threading.Lock()
            threading.Thread(target=self._keep_writing, name="access log", daemon=True).start()
            at_end(self.write)

    def write(self) -> None:
        """Write what is there now; what the thread has in hand is written as well when this returns."""
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
        # By these structlog's formatter knows that the message is one of its own, and not text.
        record.__dict__ |= {"_logger": logger, "_name": "info"}
        handler.handle(record)


def _as_json(hit: Hit) -> str:
    # Of all this only the path can hold what has to be escaped: the method is GET or HEAD, and ids are checked.
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
    # Its repr keeps a line break in it from forging a second line.
    return repr(_unicode(path))


def _unicode(path: str) -> str:
    """The path as people read it; WSGI has its bytes as Latin-1 (PEP 3333)."""
    return path.encode("latin-1").decode("utf-8", "replace")
