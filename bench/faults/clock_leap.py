"""A clock that leaps by 400 days for some seconds, under a running site and while one starts: nothing is ended or emptied."""

import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.faults.site import Site
from masthead import clock
from tests.support.commands import ROOT
from tests.support.over_http import Guest

LEAP_DAYS = 400
LEAP_SECONDS = 14.0
#: Each process of the site reads, twenty times a second, by how many days its clock is wrong.
FOLLOWER = """
import datetime, os, pathlib, threading, time
import time_machine

place, present, traveller = pathlib.Path({place!r}), 0, None

def follow():
    global present, traveller
    wanted = int(place.read_text() or 0) if place.exists() else 0
    if wanted != present:
        if traveller is not None:
            traveller.stop()
        right = datetime.datetime.now(datetime.UTC)
        traveller = time_machine.travel(right + datetime.timedelta(days=wanted), tick=True) if wanted else None
        if traveller is not None:
            traveller.start()
        present = wanted

def keep_following():
    while True:
        follow()
        time.sleep(0.05)

def begin():
    follow()
    threading.Thread(target=keep_following, daemon=True).start()

begin()
os.register_at_fork(after_in_child=begin)
"""


@dataclass(frozen=True)
class Figures:
    """Figures of a clock that leaps and comes back."""

    leaps: int
    #: Lines of the log that tell of them.
    noticed: int
    #: Pages of somebody signed in, during the leaps and afterwards, and those that were not answered with 200.
    read: int
    read_wrongly: int
    #: Texts in the trash, and those that have gone.
    trashed: int
    lost: int
    #: Periodic tasks whose next turn is further away than their period.
    stuck: int


class Clock:
    """The clock of a site's processes."""

    def __init__(self, folder: Path) -> None:
        self._place = folder / "days"
        (folder / "sitecustomize.py").write_text(FOLLOWER.format(place=str(self._place)))

    def leap(self, days: int) -> None:
        """Set it wrong by so many days; 0 sets it right."""
        draft = self._place.with_suffix(".new")
        draft.write_text(str(days))
        draft.replace(self._place)


def run(*, seconds: float = LEAP_SECONDS) -> Figures:
    """Let the clock leap forwards and backwards while the site runs, and once while it starts."""
    with tempfile.TemporaryDirectory(prefix="masthead-clock-") as name:
        home, folder = Path(name) / "home", Path(name) / "clock"
        home.mkdir()
        folder.mkdir()
        wrong = Clock(folder)
        site = Site(home, PYTHONPATH=f"{folder}:{ROOT}")
        site.prepare()
        trashed = _fill_trash(site)
        pages: list[int] = []
        with site.running():
            guest = site.signed_in()
            for days in (LEAP_DAYS, -LEAP_DAYS):
                wrong.leap(days)
                pages += _read(guest, seconds)
                wrong.leap(0)
                pages += _read(guest, seconds / 4)
        wrong.leap(LEAP_DAYS)
        with site.running():
            time.sleep(seconds)
        wrong.leap(0)
        with site.running():
            pages += _read(guest, seconds / 2)
        with closing(sqlite3.connect(site.file)) as connection:
            (left,) = connection.execute("SELECT count(*) FROM post WHERE status = 'trashed'").fetchone()
            stuck = _stuck(dict(connection.execute("SELECT name, slot FROM job_tick").fetchall()))
        wrongly = sum(status != 200 for status in pages)
        noticed = site.log.read_text(encoding="utf-8").count("the clock has leapt")
        return Figures(3, noticed, len(pages), wrongly, trashed, trashed - left, stuck)


def _fill_trash(site: Site) -> int:
    """Put texts into the trash, each a little longer ago than a day."""
    with site.running():
        guest = site.signed_in()
        for number in range(5):
            fields = {"title": f"Old {number}", "body": "Gone?", "slug": f"old-{number}"}
            assert guest.fill_in("/blog/create", button="save", **fields).status == 303
    with closing(sqlite3.connect(site.file)) as connection:
        statement = "UPDATE post SET status = 'trashed', trashed_at = ? WHERE slug LIKE 'old-%'"
        count = connection.execute(statement, (f"{clock.now():%Y-%m-%d %H:%M:%S.%f}",)).rowcount
        connection.commit()
    return count


def _read(guest: Guest, seconds: float) -> list[int]:
    end, statuses = time.monotonic() + seconds, []
    while time.monotonic() < end:
        statuses.append(guest.get("/dashboard").status)
        time.sleep(0.2)
    return statuses


def _stuck(slots: dict[str, int]) -> int:
    import masthead.app  # noqa: F401 (registers the tasks)
    from masthead.jobs import registry

    periods = {name: int(period.total_seconds()) for name, period in registry.periods().items()}
    now = int(clock.now().timestamp())
    return sum(slot > now // periods[name] + 1 for name, slot in slots.items() if name in periods)
