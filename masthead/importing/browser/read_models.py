"""The data of the pages about imports."""

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from masthead.importing.browser import files
from masthead.importing.browser.actions import ABANDONED
from masthead.importing.browser.formats import ImportFormat
from masthead.importing.browser.models import RUNNING, UploadedExport, UploadState

_STATES: Final = {
    UploadState.CHECKING: "Dry run in progress",
    UploadState.CHECKED: "Checked; nothing is imported yet",
    UploadState.IMPORTING: "Importing",
    UploadState.STOPPED: "Stopped; it can go on where it was",
    UploadState.DONE: "Imported",
    UploadState.FAILED: "Ended with a problem",
}
#: Before a dry run has ended.
_UNCHECKED: Final = {UploadState.STOPPED: "Stopped before the dry run was done; nothing is imported"}
_OUTCOMES: Final = {
    "files": "Items in the export", "imported": "Imported", "updated": "Updated", "unchanged": "Unchanged since the last import",
    "kept": "Kept as they are here", "skipped": "Left out", "failed": "Failed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An uploaded export in the list, and the head of its page."""

    id: int
    name: str
    format: str
    state: str
    at: datetime
    done: int
    total: int
    problem: str
    is_running: bool
    #: The label of the button that begins the import, or its dry run; '' while one of them runs.
    begin_label: str


@dataclass(frozen=True, slots=True)
class ReportList:
    """A titled list of the report."""

    title: str
    entries: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """The report on the page."""

    figures: Sequence[tuple[str, int]]
    lists: Sequence[ReportList]
    #: The kinds of report that can be downloaded: "dry-run" and "report".
    downloads: Sequence[tuple[str, str]]


def rows(uploads: Iterable[UploadedExport], abandoned: Container[int]) -> list[ImportRow]:
    """Describe uploads; those whose job was abandoned have failed."""
    return [_row(one, is_abandoned=one.id in abandoned) for one in uploads]


def _row(upload: UploadedExport, *, is_abandoned: bool) -> ImportRow:
    state = UploadState.FAILED if is_abandoned else UploadState(upload.state)
    problem = ABANDONED if is_abandoned else upload.problem
    labels = {
        UploadState.CHECKED: "Import now", UploadState.STOPPED: "Go on", UploadState.DONE: "Import again", UploadState.FAILED: "Try again",
    }  # fmt: skip
    text, label = _STATES[state], labels.get(state, "")
    if not upload.summary and label:
        text, label = _UNCHECKED.get(state, text), "Check again"
    return ImportRow(
        upload.id, upload.name, ImportFormat(upload.kind).label, text, upload.created_at, upload.done, upload.total,
        problem, state in RUNNING, label,
    )  # fmt: skip


def summary(upload: UploadedExport) -> ReportSummary | None:
    """Describe the last report; None if there is none yet."""
    downloads = [
        (name, label)
        for name, label, dry_run in (("dry-run", "Download the report of the dry run", True), ("report", "Download the report of the import", False))
        if files.report_of(upload.id, dry_run=dry_run).is_file()
    ]  # fmt: skip
    if not upload.summary:
        return None
    found: dict[str, Any] = json.loads(upload.summary)
    figures = [(label, found["totals"][name]) for name, label in _OUTCOMES.items() if name in found["totals"]]
    lists = [
        ReportList("Changed, with the same meaning", _counted(found["changed"])),
        ReportList("Lost", _counted(found["lost"])),
        ReportList("Stay visible in the texts", _counted(found["visible"])),
        ReportList("Failed", found["failures"]),
        ReportList("Left out", found["left_out"]),
        ReportList("About the export", found["problems"]),
    ]
    return ReportSummary(
        [*figures, ("Comments", found["comments"])], [one for one in lists if one.entries], downloads
    )


def _counted(counts: dict[str, int]) -> list[str]:
    return [f"{what}: {count}" for what, count in counts.items()]
