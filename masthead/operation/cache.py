"""``masthead cache …``: statistics and clearing of the page cache."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.table import Table

from masthead.db import db
from masthead.pagecache import clear_cache, counters
from masthead.pagecache.counters import Counts
from masthead.web.commands import Group

group = Group("cache", help="See what the page cache does, and clear it.")


@group.command("status")
@with_appcontext
def status() -> None:
    """Show the hits and the size of the page cache in each process of the server."""
    if not current_app.config["PAGE_CACHE"]:
        click.echo("The page cache is switched off (PAGE_CACHE).")
        return
    processes = dict(counters.of_processes(Path(current_app.config["MASTHEAD_HOME"])))
    if not processes:
        click.echo("No process of the server has kept a page yet.")
        return
    table = Table(
        "Process", "Hits", "Misses", "Bypassed", "Refused", "Dropped", "Pages", "Kept", "Hit rate", box=None
    )
    for process_id, counts in processes.items():
        table.add_row(str(process_id), *_cells(counts))
    if len(processes) > 1:
        table.add_row("together", *_cells(Counts(*map(sum, zip(*processes.values(), strict=True)))))
    # A pipe has no width, and must not truncate columns.
    Console(width=None if sys.stdout.isatty() else 120).print(table)


@group.command("clear")
@with_appcontext
def clear() -> None:
    """Clear the page cache in every process of the server; pages are never stale, so this is for measurements and for doubt."""
    if not current_app.config["PAGE_CACHE"]:
        click.echo("The page cache is switched off (PAGE_CACHE).")
        return
    clear_cache.clear(by=None)
    db.session.commit()
    click.echo("Every process of the server forgets its pages before its next answer.")


def _cells(counts: Counts) -> list[str]:
    asked = counts.hits + counts.misses
    figures = (counts.hits, counts.misses, counts.bypasses, counts.refused, counts.dropped, counts.pages)
    kept = f"{counts.bytes / 1_048_576:.1f} of {counts.limit_bytes / 1_048_576:.0f} MB"
    return [*map(str, figures), kept, f"{counts.hits / asked:.1%}" if asked else "–"]
