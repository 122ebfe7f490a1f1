"""``python -m bench.faults``: everything that is told in docs/reliability.md is tried, and its figures are written there.

With names of sections (``python -m bench.faults letters disk``) only those are tried; the others stay as they are.
"""

import json
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.faults import (
    black_hole,
    clock_leap,
    database_away,
    disk_full,
    letters,
    mail_hangs,
    many_writers,
    postgres_restarts,
    read_only,
    redis_away,
    restarts,
    silent_bodies,
    sqlite_kills,
)
from masthead import clock

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
RESULTS = ROOT / "bench" / "faults.json"
BEGIN, END = "<!-- figures: {} -->", "<!-- end -->"

SECTIONS: dict[str, Callable[[], Any]] = {
    "sqlite": lambda: sqlite_kills.run(100),
    "writers-30": lambda: many_writers.run(30),
    "writers-200": lambda: many_writers.run(200),
    "postgresql": lambda: postgres_restarts.run(6),
    "database-away": database_away.run,
    "redis": redis_away.run,
    "letters": lambda: letters.run(10),
    "mail": mail_hangs.run,
    "disk": disk_full.run,
    "read-only-disk": read_only.run_disk,
    "standby": read_only.run_standby,
    "clock": clock_leap.run,
    "restarts": lambda: restarts.run(3, 10_000),
    "frozen": restarts.run_frozen,
    "black-hole": lambda: black_hole.run(3),
    "bodies": lambda: silent_bodies.run(60, 50),
}
#: In the order of the tables.
LABELS = {
    "writers": "people who write without a pause",
    "cycles": "kills",
    "restarts": "restarts, every second one a crash",
    "reloads": "times the server was replaced (`SIGHUP`)",
    "frozen": "workers, jobs' runners and servers that froze",
    "replaced": "of them replaced",
    "queued": "letters",
    "holes": "times PostgreSQL took everything and answered nothing",
    "silent": "connections that announce a form and say nothing",
    "kills": "kills of the runner while it sent",
    "hanging": "letters that hung at the same time",
    "leaps": "leaps of the clock by 400 days, forwards and backwards",
    "noticed": "lines of the log that tell of them",
    "acknowledged": "writes that were acknowledged",
    "trashed": "texts in the trash",
    "lost": "of them lost",
    "middle_write": "milliseconds of a published post, form and all (median)",
    "slowest_write": "milliseconds of the slowest",
    "doubled": "of them stored twice",
    "median_wait": "seconds until a write was acknowledged (median)",
    "p99_wait": "seconds until a write was acknowledged (99 of 100)",
    "damaged": "times the database was damaged",
    "refused": "writes refused meanwhile",
    "refused_wrongly": "of them refused in another way than promised",
    "locked": "lines of the log that tell of a locked database",
    "missing": "letters that never came",
    "twice": "letters that came a second time, with the same Message-ID",
    "read": "pages read meanwhile",
    "read_wrongly": "of them not answered as promised",
    "milliseconds_stale": "milliseconds of such a page (median)",
    "longest_stale": "milliseconds of such a page (longest)",
    "unready_wrongly": "probes of readiness that did not say what is wrong",
    "tracebacks": "tracebacks in the log",
    "stuck": "periodic tasks that would not run again in their period",
    "well": "milliseconds of a search with the server well (median)",
    "first_stalled": "milliseconds of the first search after it stalled",
    "then_stalled": "milliseconds of the searches after that (median)",
    "stopped": "milliseconds with the server stopped (median)",
    "asked": "searches and comments in all these states",
    "failed": "of them failed",
    "orphans": "processes that outlived a killed supervisor, or hold its port",
    "sent_away": "silent connections answered with 408 and closed",
    "left_open": "silent connections left open",
    "longest": "seconds of the longest refusal",
    "seconds_to_return": "seconds until it worked again",
}


def main(wanted: list[str]) -> None:
    """Try, remember, and write the page."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in wanted or SECTIONS:
        figures = asdict(SECTIONS[name]())
        results[name] = {"on": f"{clock.now():%Y-%m-%d}", "figures": figures}
        print(name, figures)
    results["machine"] = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(filled_in(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")


def filled_in(page: str, results: dict[str, Any]) -> str:
    """The page with each table of figures made anew."""
    for name in SECTIONS:
        if name in results:
            begin = BEGIN.format(name)
            head, _, rest = page.partition(begin)
            _, _, tail = rest.partition(END)
            page = f"{head}{begin}\n{table(results[name])}{END}{tail}"
    return page


def table(result: dict[str, Any]) -> str:
    """The figures of a section."""
    figures = result["figures"]
    rows = [f"| {label} | {shown(figures[name])} |" for name, label in LABELS.items() if name in figures]
    return "\n".join(("", f"| measured on {result['on']} | |", "|---|--:|", *rows, "", ""))


def shown(value: float) -> str:
    """A figure for people."""
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


if __name__ == "__main__":
    main(sys.argv[1:])
