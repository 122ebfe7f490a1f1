"""Prints plan and report on the console."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from masthead.importing.items import ItemOutcome
from masthead.importing.reporting.plan import ImportPlan
from masthead.importing.reporting.report import SHOWN, ImportReport

WORDS: Final[dict[ItemOutcome, str]] = {
    ItemOutcome.IMPORTED: "imported",
    ItemOutcome.UPDATED: "updated, because their files have changed",
    ItemOutcome.UNCHANGED: "unchanged since the last import",
    ItemOutcome.KEPT: "kept, because they were edited or deleted here",
    ItemOutcome.SKIPPED: "left out, because they are not texts of the publication",
    ItemOutcome.FAILED: "failed",
}
FORESEEN: Final[dict[ItemOutcome, str]] = WORDS | {
    ItemOutcome.IMPORTED: "would be imported",
    ItemOutcome.UPDATED: "would be updated, because their files have changed",
    ItemOutcome.KEPT: "would be kept, because they were edited or deleted here",
}


def print_plan(plan: ImportPlan, console: Console) -> None:
    """Print the plan, before anything is written."""
    for line in plan.sentences():
        console.print(escape(line))
    if plan.warning():
        console.print(f"[bold red]{escape(plan.warning())}[/bold red]")


def print_report(report: ImportReport, console: Console, *, dry_run: bool, tail: Iterable[str]) -> None:
    """Print the totals, then everything that may need attention."""
    totals = report.totals
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(str(totals.files), "files with texts found, of which")
    words = FORESEEN if dry_run else WORDS
    for outcome in ItemOutcome:
        if totals.outcomes[outcome] or outcome in {ItemOutcome.IMPORTED, ItemOutcome.FAILED}:
            table.add_row(str(totals.outcomes[outcome]), words[outcome])
    console.print(table)
    changes = totals.outcomes[ItemOutcome.IMPORTED] + totals.outcomes[ItemOutcome.UPDATED]
    if not changes:
        here = totals.outcomes[ItemOutcome.UNCHANGED] + totals.outcomes[ItemOutcome.KEPT]
        rest = (
            "everything is here already" if here else "no file of the folder is a text that can be imported"
        )
        console.print(f"0 changes: {rest}.")
    _list(console, "Changed, with the same meaning", totals.changed)
    _list(console, "Lost", totals.lost)
    _list(console, "Template tags that stay visible in the texts", totals.template_tags)
    failed = totals.outcomes[ItemOutcome.FAILED]
    _lines(
        console,
        "Failed",
        failed,
        (
            f"{failure.source}{f', line {failure.line}' if failure.line else ''}: {failure.reason}"
            for failure in report.failures
        ),
    )
    _lines(console, "Kept as they are here", totals.outcomes[ItemOutcome.KEPT], report.kept)
    left_out = (f"{item.source}: {item.reason}" for item in report.left_out)
    _lines(console, "Left out", totals.outcomes[ItemOutcome.SKIPPED], left_out)
    for line in tail:
        console.print(escape(line))


def _list(console: Console, title: str, counts: Counter[str]) -> None:
    if not counts:
        return
    shown = ", ".join(f"{what} {count}" for what, count in counts.most_common(SHOWN))
    more = f", and {len(counts) - SHOWN} other kinds" if len(counts) > SHOWN else ""
    console.print(f"[bold]{title}: {counts.total()}[/bold]  {escape(shown)}{more}")


def _lines(console: Console, title: str, total: int, lines: Iterable[str]) -> None:
    if not total:
        return
    console.print(f"[bold]{title}: {total}[/bold]")
    for line in lines:
        console.print(f"  {escape(line)}")
    if total > SHOWN:
        console.print(f"  … and {total - SHOWN} more; --report FILE.json lists all of them.")
