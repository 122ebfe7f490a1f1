"""The report of an import: the outcome of each item, and totals that add up.

Items are written to the JSON file one by one, so that memory does not grow with their number. Only totals and the first
entries of each list stay in memory.
"""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from click import format_filename

from masthead.errors import Invalid
from masthead.importing.items import ImportNote, ItemFailure, ItemOutcome, NoteKind, SkippedItem
from masthead.importing.preparation.preparer import PreparedItem

#: The number of list entries on the console; the report file has all of them.
SHOWN: Final = 20


@dataclass(slots=True)
class ReportTotals:
    """Counters over all items."""

    outcomes: Counter[ItemOutcome] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    template_tags: Counter[str] = field(default_factory=Counter)
    links: int = 0
    comments: int = 0
    files: int = 0

    @property
    def add_up(self) -> bool:
        """Check that every item has exactly one outcome."""
        return self.files == self.outcomes.total()


class ImportReport:
    """Collects the items of one import. A context manager; the file gets its name when it is complete."""

    def __init__(self, path: Path | None) -> None:
        self.totals = ReportTotals()
        self.failures: list[ItemFailure] = []
        self.kept: list[str] = []
        self.left_out: list[SkippedItem] = []
        self._path = path
        self._file = _opened(path) if path is not None else None
        self._items = 0

    def __enter__(self) -> Self:
        if self._file is not None:
            self._file.write('{"items": [')
        return self

    def __exit__(
        self,
        error: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._file is None or self._path is None:
            return
        self._file.close()
        if error is not None:
            with suppress(OSError):
                _partial(self._path).unlink()

    def add(
        self, prepared: PreparedItem, outcome: ItemOutcome, *, address: str, notes: Iterable[ImportNote] = ()
    ) -> None:
        """Add an item that could be read."""
        all_notes = (*prepared.notes, *notes)
        totals = self.totals
        totals.outcomes[outcome] += 1
        totals.kinds[prepared.item.kind.value] += 1
        totals.links += prepared.links
        totals.comments += prepared.comments.count
        totals.template_tags += prepared.visible_tags
        for note in all_notes:
            (totals.lost if note.kind is NoteKind.LOST else totals.changed)[note.what] += note.count
        if outcome is ItemOutcome.KEPT and len(self.kept) < SHOWN:
            self.kept.append(prepared.item.source)
        self._write(
            {
                "source": prepared.item.source,
                "outcome": outcome.value,
                "kind": prepared.item.kind.value,
                "title": prepared.item.title,
                "status": prepared.item.status.value,
                "address": address,
                "old_addresses": list(prepared.old_paths),
                "kept": list(prepared.item.preserved()),
                "changed": [_note(note) for note in all_notes if note.kind is NoteKind.CHANGED],
                "lost": [_note(note) for note in all_notes if note.kind is NoteKind.LOST],
                "template_tags": dict(prepared.visible_tags),
                "links_rewritten": prepared.links,
                "comments": prepared.comments.count,
            }
        )

    def add_member(
        self, source: str, outcome: ItemOutcome, *, kind: str, title: str, status: str, comments: int
    ) -> None:
        """Add a member of an archive, which has nothing to translate."""
        self.totals.outcomes[outcome] += 1
        self.totals.kinds[kind] += 1
        self.totals.comments += comments
        if outcome is ItemOutcome.KEPT and len(self.kept) < SHOWN:
            self.kept.append(source)
        self._write(
            {
                "source": source,
                "outcome": outcome.value,
                "kind": kind,
                "title": title,
                "status": status,
                "comments": comments,
            }
        )

    def fail(self, failure: ItemFailure) -> None:
        """Add an item that could not be imported."""
        self.totals.outcomes[ItemOutcome.FAILED] += 1
        if len(self.failures) < SHOWN:
            self.failures.append(failure)
        self._write(
            {
                "source": failure.source,
                "outcome": ItemOutcome.FAILED.value,
                "reason": failure.reason,
                "line": failure.line,
            }
        )

    def skip(self, left_out: SkippedItem) -> None:
        """Add an item that was left out on purpose."""
        self.totals.outcomes[ItemOutcome.SKIPPED] += 1
        if len(self.left_out) < SHOWN:
            self.left_out.append(left_out)
        self._write(
            {"source": left_out.source, "outcome": ItemOutcome.SKIPPED.value, "reason": left_out.reason}
        )

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the totals and these facts, and rename the file to its final name."""
        if self._file is None or self._path is None:
            return
        totals = self.totals
        rest = facts | {
            "totals": {"files": totals.files}
            | {outcome.value: totals.outcomes[outcome] for outcome in ItemOutcome},
            "kinds": dict(totals.kinds),
            "changed": dict(totals.changed.most_common()),
            "lost": dict(totals.lost.most_common()),
            "template_tags": dict(totals.template_tags.most_common()),
            "links_rewritten": totals.links,
            "comments": totals.comments,
        }
        self._file.write("\n], " + _json(rest)[1:] + "\n")
        self._file.close()
        _partial(self._path).replace(self._path)

    def _write(self, item: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(("," if self._items else "") + "\n" + _json(item))
        self._items += 1


def _opened(path: Path) -> Any:
    try:
        # The report replaces an existing file, which must not be a device or a pipe.
        if path.exists() and not path.is_file():
            raise Invalid(f"{format_filename(path)} is not a file. Name one that may be replaced.")
        return _partial(path).open("w", encoding="utf-8")
    except OSError as error:
        raise Invalid(f"The report cannot be written to {path}: {error.strerror}.") from None


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _note(note: ImportNote) -> dict[str, Any]:
    found: dict[str, Any] = {"what": note.what, "why": note.detail, "count": note.count}
    return found if note.line is None else found | {"line": note.line}
