"""Imports an archive of Masthead, with the report that every import has."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from masthead import clock
from masthead.archive import restore
from masthead.archive.documents import updated_at
from masthead.archive.restore_run import RestoredItem, RestoreOutcome, RestoreRun
from masthead.audit.recording import Actor
from masthead.db import db
from masthead.importing.items import ItemFailure, ItemKind, ItemOutcome
from masthead.importing.preparation.own_links import OwnLinkRewriter
from masthead.importing.reporting.report import ImportReport
from masthead.importing.storing import starter_content
from masthead.pages.models import Page
from masthead.posts.models import Post

FORMAT_NAME = "Masthead archive"
#: Members between two calls of the progress, which may write.
TOLD_AT_ONCE = 20
#: Called now and then with the number of members done since the last call, and the total.
Progress = Callable[[int, int], None]


def import_archive(
    path: Path,
    report: ImportReport,
    progress: Progress,
    *,
    name: str,
    dry_run: bool = False,
    old_url: str = "",
    by: Actor | None = None,
) -> dict[str, Any]:
    """Import an archive and complete its report; returns the facts of the report. Raises `BadArchive`."""
    begun, waiting = time.monotonic(), 0

    def tell(item: RestoredItem) -> None:
        nonlocal waiting
        _report(item, report)
        waiting += 1
        if waiting == TOLD_AT_ONCE:
            progress(waiting, report.totals.files)
            waiting = 0

    with restore.opened_run(path, at=clock.now(), tell=tell, dry_run=dry_run) as run:
        own_links = OwnLinkRewriter(old_url) if old_url else None
        run.own_links = own_links
        counts = run.index.counts
        report.totals.files = counts["posts"] + counts["pages"] + counts["media"]
        restore.restore(run, lambda: starter_content.remove_unedited(_brought(run)), by=by)
        progress(waiting, report.totals.files)
        facts = _facts(run, name, time.monotonic() - begun)
        if own_links is not None and not dry_run:
            facts["problems"].append(
                f"Links to {old_url} that lead to this publication now: {own_links.rewritten}."
            )
    report.finish(facts)
    return facts


def _brought(run: RestoreRun) -> set[tuple[ItemKind, str]]:
    """The starter texts that an earlier import of this archive has brought: they are as old as they are in it."""
    found = set()
    for row in starter_content.unedited():
        kind = ItemKind(row.kind)
        of_post, of_page = select(Post.updated_at), select(Page.updated_at)
        here = of_post.where(Post.id == row.post_id) if row.post_id else of_page.where(Page.id == row.page_id)
        if db.session.scalar(here) == updated_at(run.archive, f"{kind.value}s/{row.slug}.md"):
            found.add((kind, row.slug))
    return found


def _report(item: RestoredItem, report: ImportReport) -> None:
    if item.outcome is RestoreOutcome.FAILED:
        report.fail(ItemFailure(item.source, item.reason))
        return
    report.add_member(
        item.source,
        ItemOutcome(item.outcome.value),
        kind=item.kind,
        title=item.title,
        status=item.status,
        comments=item.comments,
    )


def _facts(run: RestoreRun, name: str, seconds: float) -> dict[str, Any]:
    return {
        "folder": name,
        "dialect": FORMAT_NAME,
        "source": name,
        "dry_run": run.dry_run,
        "problems": [*run.problems, *_sentences(run)],
        "plan": {},
        "counts": dict(run.index.counts),
        "written": dict(run.written),
        "seconds": round(seconds, 3),
    }


def _sentences(run: RestoreRun) -> list[str]:
    sentences = []
    if not run.dry_run and not run.is_into_empty:
        sentences.append(
            "There are texts here already, so the settings of this publication stay as they are."
        )
    if run.index.administrators:
        sentences.append(
            f"Accounts of the archive with the role of administrators: {run.index.administrators}."
        )
    if not run.index.passwords and run.index.counts["accounts"]:
        sentences.append(
            "The archive has no passwords. People set a new one with “Forgot password”, or `masthead user set-password` does."
        )
    return sentences
