"""Where the time of a page goes that is made for one request: whose code ran, asked a thousand times a second."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from flask.testing import EnvironBuilder
from werkzeug.test import run_wsgi_app

from bench.publication import RARE_WORD
from bench.reader import session_cookie
from bench.servers import NOBODY
from masthead.app import create_app
from masthead.config import ProductionConfig

REQUESTS = 400
WARM_UP = 20
INTERVAL_SECONDS = 0.001
#: Whose code a file is, by a part of its path; the first that fits. The standard library counts for whoever called it.
OWNERS = {
    "/masthead/templates/": "Jinja",
    "/masthead/": "Masthead",
    "/jinja2/": "Jinja",
    "/markupsafe/": "Jinja",
    "/pydantic": "Pydantic",
    "/sqlalchemy/": "SQLAlchemy",
    "/flask_sqlalchemy/": "SQLAlchemy",
    "/werkzeug/": "Flask and its extensions",
    "/flask": "Flask and its extensions",
}
#: The functions in which SQLAlchemy waits for the database itself.
DATABASE = frozenset({"do_execute", "_fetchall_impl", "do_begin", "do_rollback"})


def measure(home: Path, slug: str) -> dict[str, dict[str, float]]:
    """The share of each owner in the time of some pages, the largest first."""
    post = f"/blog/post/{slug}"
    return {
        "post": _shares(home, post, NOBODY),
        "post for a session": _shares(home, post, session_cookie(home)),
        "search": _shares(home, f"/search?q={RARE_WORD}", NOBODY),
        "API list": _shares(home, "/api/v1/posts?per_page=20", NOBODY),
        # The same for everybody: only where nothing is kept is it made.
        "feed": _shares(home, "/feed.xml", NOBODY, is_forgetful=True),
    }


def _shares(home: Path, path: str, cookie: str, *, is_forgetful: bool = False) -> dict[str, float]:
    settings = {"LOG_LEVEL": "WARNING", "PAGE_CACHE": not is_forgetful, "RATELIMIT_ENABLED": False}
    app = create_app(ProductionConfig(MASTHEAD_HOME=home, **settings))
    environ = EnvironBuilder(app, path, headers={"Cookie": cookie}).get_environ()
    for _ in range(WARM_UP):
        _, status, _ = run_wsgi_app(app.wsgi_app, dict(environ), buffered=True)
        if not status.startswith("200"):
            raise SystemExit(f"{path} answered {status}.")
    with sampling() as samples:
        for _ in range(REQUESTS):
            run_wsgi_app(app.wsgi_app, dict(environ), buffered=True)
    total = samples.total()
    return {owner: round(count / total, 3) for owner, count in samples.most_common()}


@contextmanager
def sampling() -> Iterator[Counter[str]]:
    """Count in the block whose code is running each time that the clock of the processor strikes."""
    samples: Counter[str] = Counter()

    def note(_number: int, frame: FrameType | None) -> None:
        samples[owner_of(frame)] += 1

    before = signal.signal(signal.SIGPROF, note)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL_SECONDS, INTERVAL_SECONDS)
    try:
        yield samples
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def owner_of(frame: FrameType | None) -> str:
    """Whose code is running: the nearest caller's that is not of the standard library."""
    while frame is not None:
        file = frame.f_code.co_filename
        if frame.f_code.co_name in DATABASE:
            return "SQLite"
        for part, owner in OWNERS.items():
            if part in file:
                return owner
        frame = frame.f_back
    return "Python"
