"""The benchmarks: ``make bench``, or ``python -m bench``. Everything is a ratio of two measurements of one run.

Each part can be run by itself (``python -m bench --only growth``). BENCH_POSTS is the size of the publication, 10,000
unless told; BENCH_ROUNDS and BENCH_SECONDS say how often and how long each measurement is made. BENCH_HOMES is a folder
in which the publications stay for the next run, since a million posts take half an hour to make.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import account, footprint, growth, importing, pages, query_counts, report, servers, slow_clients
from bench.figures import Figure, table
from bench.publication import POSTS

RESULTS = servers.ROOT / "bench" / "results.json"


def main() -> None:
    """Measure, print the figures beside their goals, and write `results.json` and the chart of the documentation."""
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="a part; may be given several times")
    chosen = parser.parse_args().only or list(PARTS)
    servers.require("wrk")
    if "pages" in chosen and not pages.has_nginx():
        print("nginx is not installed, so nothing is compared to it.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="masthead-bench-") as place:
        bench = Bench(Path(place))
        parts = {name: PARTS[name](bench) for name in PARTS if name in chosen}
        shares = account.measure(bench.home(POSTS), bench.slug(POSTS)) if "pages" in chosen else None
    for name, figures in parts.items():
        print(f"\n{name}\n{table(figures)}")
    _keep(bench, parts, shares)
    if not all(figure.is_met for figures in parts.values() for figure in figures):
        sys.exit(1)


class Bench:
    """The settings of a run, and the publications that its parts share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        self.homes = Path(os.environ.get("BENCH_HOMES", folder)).absolute()
        self.posts = int(os.environ.get("BENCH_POSTS", str(POSTS)))
        self.rounds = int(os.environ.get("BENCH_ROUNDS", "3"))
        self.seconds = float(os.environ.get("BENCH_SECONDS", "3"))

    def home(self, posts: int) -> Path:
        """The home of a publication with so many posts."""
        home = self.homes / f"home-{posts}"
        if not home.exists():
            began = time.monotonic()
            unfinished = Path(tempfile.mkdtemp(prefix=f"home-{posts}-", dir=self.homes))
            variables = servers.environment({"MASTHEAD_HOME": str(unfinished), "FLASK_CONFIG": "production"})
            servers.masthead("db", "upgrade", variables=variables)
            command = [sys.executable, "-m", "bench.publication", str(unfinished), "--posts", str(posts)]
            servers.run(command, variables)
            unfinished.rename(home)
            print(f"A publication of {posts:,} posts took {time.monotonic() - began:.0f} s.", file=sys.stderr)
        return home

    def slug(self, posts: int) -> str:
        """The address of a post in the middle of the publication with so many."""
        with sqlite3.connect(self.home(posts) / "masthead.sqlite3") as connection:
            (slug,) = connection.execute("SELECT slug FROM post WHERE id = ?", (posts // 2,)).fetchone()
            return str(slug)


def _pages(bench: Bench) -> list[Figure]:
    home, slug = bench.home(POSTS), bench.slug(POSTS)
    return pages.measure(bench.folder, home, slug, rounds=bench.rounds, seconds=bench.seconds)


def _growth(bench: Bench) -> list[Figure]:
    small, large = ((bench.home(posts), posts, bench.slug(posts)) for posts in (growth.SMALL, bench.posts))
    return growth.measure(small, large, rounds=bench.rounds, seconds=bench.seconds)


def _queries(bench: Bench) -> list[Figure]:
    return query_counts.measure(bench.home(POSTS), bench.slug(POSTS))


def _footprint(bench: Bench) -> list[Figure]:
    return footprint.measure(bench.home(growth.SMALL), rounds=bench.rounds)


def _importing(bench: Bench) -> list[Figure]:
    return importing.measure(bench.folder)


def _slow_clients(bench: Bench) -> list[Figure]:
    return slow_clients.measure(bench.home(growth.SMALL))


PARTS: dict[str, Callable[[Bench], list[Figure]]] = {
    "pages": _pages,
    "queries": _queries,
    "growth": _growth,
    "footprint": _footprint,
    "slow clients": _slow_clients,
    "import": _importing,
}


def _keep(bench: Bench, parts: dict[str, list[Figure]], shares: dict[str, dict[str, float]] | None) -> None:
    """Write the results; parts that were not measured this time stay as they were."""
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"parts": {}}
    machine = f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    now = {
        name: {
            "measured_at": f"{datetime.now(UTC):%Y-%m-%d}",
            "machine": machine,
            "rounds": bench.rounds,
            "seconds": bench.seconds,
            "figures": [figure.as_json() for figure in figures],
        }
        for name, figures in parts.items()
    }
    results = {"parts": before["parts"] | now, "account": shares or before.get("account", {})}
    RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    report.write(results)


if __name__ == "__main__":
    main()
