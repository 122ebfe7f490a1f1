"""The data of the page about exports."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from masthead.exporting.browser import files
from masthead.exporting.browser.models import ExportFormat, ExportState, RequestedExport

LABELS: Final = {
    ExportFormat.ARCHIVE: "Whole publication",
    ExportFormat.MARKDOWN: "Markdown files",
    ExportFormat.WORDPRESS: "For WordPress",
    ExportFormat.GHOST: "For Ghost",
}
_STATES: Final = {
    ExportState.WORKING: "In progress",
    ExportState.DONE: "Done",
    ExportState.FAILED: "Ended with a problem",
}
_ABANDONED: Final = "The background task ended before its time. Export again."


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export in the list."""

    id: int
    label: str
    state: str
    at: datetime
    sentences: Sequence[str]
    is_working: bool
    #: The bytes of its file; None if there is none on this server.
    size: int | None


def rows(exports: Iterable[RequestedExport], abandoned: Container[int]) -> list[ExportRow]:
    """Describe exports; those whose job was abandoned have failed."""
    return [_row(one, is_abandoned=one.id in abandoned) for one in exports]


def _row(export: RequestedExport, *, is_abandoned: bool) -> ExportRow:
    state = ExportState.FAILED if is_abandoned else ExportState(export.state)
    path = files.file_of(export.id)
    return ExportRow(
        export.id,
        LABELS[ExportFormat(export.kind)],
        _STATES[state],
        export.created_at,
        [_ABANDONED] if is_abandoned else export.summary.splitlines(),
        state is ExportState.WORKING,
        path.stat().st_size if state is ExportState.DONE and path.is_file() else None,
    )
