"""Counts views of posts, without a write for each view, a cookie or an address.

Each process counts in memory and adds its counts to the database every few seconds and at its exit. A process that is
killed loses its recent counts; accuracy is not worth more than that.
"""

import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Any

import structlog
from flask import Flask, current_app, request
from sqlalchemy import Connection, Integer, column, select, update, values
from sqlalchemy.exc import SQLAlchemyError

from masthead import clock, pagecache, time_zones
from masthead.db import Identifier, db, insert_into
from masthead.posts.models import DailyViews, Post
from masthead.settings.models import Setting
from masthead.web.exit_hooks import register_exit_hook

log = structlog.get_logger(__name__)

#: Post and quarter of an hour of a view; in every time zone, days begin with a quarter.
Reading = tuple[int, datetime]
QUARTER_MINUTES = 15
#: The name of the publication's time zone; null until one is chosen.
ZONE = select(Setting.value).where(Setting.key == "time_zone").scalar_subquery()
#: The number of posts in one statement; SQLite accepts 32,766 parameters.
STATEMENT_POSTS = 1_000
BROWSER = re.compile(r"(?:Mozilla|Opera)/\d")
#: Names in the user agents of programs without a reader. Headless browsers may not identify themselves.
ROBOT = re.compile(
    r"bot\b|bot[/;-]|crawl|spider|slurp|archiver|monitor|uptime|preview|scan|lighthouse|pagespeed|facebookexternalhit|"
    r"whatsapp|feedfetcher|validator|https?://",
    re.IGNORECASE,
)


class ViewCounter:
    """The counts of one process that are not in the database yet; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Reading] = Counter()
        self._flusher_of: int | None = None

    def add(self, counts: Mapping[Reading, int]) -> None:
        """Add counts, new ones or those of a failed flush."""
        with self._lock:
            self._counts.update(counts)

    def take(self) -> Counter[Reading]:
        """Return all counts, and reset them."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken

    def once_in_this_process(self, start: Callable[[], None]) -> None:
        """Call ``start`` in the first call of each process: threads do not survive a fork."""
        if self._flusher_of == os.getpid():
            return
        with self._lock:
            is_first, self._flusher_of = self._flusher_of != os.getpid(), os.getpid()
        if is_first:
            start()


def init_app(app: Flask) -> None:
    """Give the application its counter."""
    app.extensions["masthead.views"] = ViewCounter()


def _counter(app: Flask) -> ViewCounter:
    counter: ViewCounter = app.extensions["masthead.views"]
    return counter


def note(post_id: int) -> None:
    """Count the present request as a view of the post, if a person makes it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (werkzeug documents it for this use)

    def note_reading(environ: dict[str, Any]) -> None:
        purpose = environ.get("HTTP_SEC_PURPOSE") or environ.get("HTTP_PURPOSE") or ""
        if is_reading(environ["REQUEST_METHOD"], environ.get("HTTP_USER_AGENT", ""), purpose):
            count(app, post_id)

    # A cached page is viewed more often than it is rendered.
    if not pagecache.on_each_view(note_reading):
        note_reading(request.environ)


def is_reading(method: str, user_agent: str, purpose: str = "") -> bool:
    """Return whether a request is a person's view: made by a browser, neither a robot nor a prefetch."""
    return (
        method == "GET"
        and "prefetch" not in purpose
        and BROWSER.match(user_agent) is not None
        and ROBOT.search(user_agent) is None
    )


def count(app: Flask, post_id: int) -> None:
    """Count one view now."""
    counter = _counter(app)
    now = clock.now()
    quarter = now.replace(minute=now.minute - now.minute % QUARTER_MINUTES, second=0, microsecond=0)
    counter.add({(post_id, quarter): 1})
    seconds: int = app.config["VIEWS_FLUSH_SECONDS"]
    if seconds:
        application: Flask = getattr(app, "_get_current_object", lambda: app)()
        counter.once_in_this_process(lambda: _keep_flushing(application, seconds))


def _keep_flushing(app: Flask, seconds: int) -> None:
    """Flush at intervals in a thread, and once more when the process exits."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(seconds):
            flush(app)

    threading.Thread(target=work, name="views", daemon=True).start()
    register_exit_hook(partial(flush, app))


def flush(app: Flask) -> None:
    """Add the counts to the database, in a transaction of its own; those that could not be written stay."""
    counter = _counter(app)
    taken = counter.take()
    if not taken:
        return
    try:
        with app.app_context(), db.engine.begin() as connection:
            left = _store(connection, taken)
    except SQLAlchemyError as error:
        log.warning("views are not written yet", error=str(error))
        left = taken
    counter.add(left)


def _store(connection: Connection, counts: Counter[Reading]) -> Counter[Reading]:
    """Write the counts; return those of locked posts for the next flush."""
    left: Counter[Reading] = Counter()
    post_ids = sorted({post_id for post_id, _ in counts})
    for start in range(0, len(post_ids), STATEMENT_POSTS):
        some = post_ids[start : start + STATEMENT_POSTS]
        # The statement includes the setting, because each flush is to be few statements.
        found = connection.execute(select(Post.id, ZONE).where(Post.id.in_(some))).all()
        existing = {post_id for post_id, _ in found}
        there = time_zones.zone(next((name for _, name in found if name), time_zones.DEFAULT))
        # A flush skips locked rows, so it can never be part of a deadlock.
        free = set(
            connection.scalars(select(Post.id).where(Post.id.in_(some)).with_for_update(skip_locked=True))
        )
        left.update({reading: n for reading, n in counts.items() if reading[0] in existing - free})
        rows = {reading: n for reading, n in counts.items() if reading[0] in free}
        if rows:
            _add_to_posts(connection, rows)
            _add_to_days(connection, rows, there)
    return left


def _add_to_posts(connection: Connection, counts: Mapping[Reading, int]) -> None:
    totals: Counter[int] = Counter()
    for (post_id, _), n in counts.items():
        totals[post_id] += n
    seen = (
        values(column("post_id", Identifier), column("n", Integer), name="seen")
        .data(sorted(totals.items()))
        .cte("seen")
    )
    connection.execute(
        update(Post)
        .where(Post.id == seen.c.post_id)
        # A view is no change: date of the last change and version stay.
        .values(views=Post.views + seen.c.n, updated_at=Post.updated_at)
    )


def _add_to_days(connection: Connection, counts: Mapping[Reading, int], there: tzinfo) -> None:
    days: Counter[tuple[int, date]] = Counter()
    for (post_id, moment), n in counts.items():
        days[post_id, time_zones.local(moment, there).date()] += n
    rows = [{"post_id": post_id, "day": day, "views": n} for (post_id, day), n in sorted(days.items())]
    statement = insert_into(DailyViews, connection.dialect).values(rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["post_id", "day"], set_={"views": DailyViews.views + statement.excluded.views}
        )
    )
