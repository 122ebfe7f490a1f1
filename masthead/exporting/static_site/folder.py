"""The folder of a static copy: only what has changed is written, and only what an export has written is removed."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Final

from click import format_filename

from masthead.errors import Invalid

#: The files of the copy, each with the mark of its content where that is costly to compare.
MANIFEST: Final = ".masthead-static.json"
#: The files that a run has written so far, which a run after a killed one reads.
JOURNAL: Final = ".masthead-static.part"
FORMAT: Final = 1
#: What may lie in a folder before the first export.
_ALLOWED: Final = frozenset({".git", ".gitignore", ".nojekyll", "CNAME"})
_PART: Final = ".masthead-part"


class StaticFolder:
    """A folder for a copy of the site: empty, new, or an earlier copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self.unchanged = 0
        self.removed = 0
        self._marks: dict[str, str] = {}
        self._safe: set[Path] = set()
        with self._sentences():
            self._before = _marks_of_earlier_copy(folder)
            folder.mkdir(parents=True, exist_ok=True)
            self._root = folder.resolve()
            if not (folder / MANIFEST).exists():
                self._write_manifest({})
            self._journal: IO[str] = (folder / JOURNAL).open("a", encoding="utf-8")

    def __contains__(self, path: str) -> bool:
        return path in self._marks

    def write(self, path: str, content: bytes | str) -> None:
        """Write a file of the copy, unless it is there with this content."""
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        with self._sentences():
            target = self._target(path)
            self._marks[path] = ""
            if path in self._before and _has(target, data):
                self.unchanged += 1
            else:
                self._replace(path, target, [data])

    def write_if_missing(self, path: str, content: str) -> None:
        """Write a file of the copy, unless somebody has put one there."""
        target = self.folder / path
        if path in self._before or not (target.exists() or target.is_symlink()):
            self.write(path, content)

    def write_parts(
        self, path: str, mark: str, size: int | None, parts: Callable[[], Iterable[bytes]]
    ) -> None:
        """Write a large file in parts, unless the last run wrote the one with this mark."""
        with self._sentences():
            target = self._target(path)
            self._marks[path] = mark
            if mark and self._before.get(path) == mark and _size(target) == size:
                self.unchanged += 1
            else:
                self._replace(path, target, parts())

    def _replace(self, path: str, target: Path, parts: Iterable[bytes]) -> None:
        if path not in self._before:
            if target.exists() or target.is_symlink():
                raise Invalid(
                    f"{format_filename(target)} is not of an earlier export, so it is not overwritten. Move it away."
                )
            self._journal.write(json.dumps(path) + "\n")
            self._journal.flush()
        part = target.with_name(target.name[:200] + _PART)
        try:
            with part.open("wb") as file:
                for chunk in parts:
                    file.write(chunk)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        self.written += 1

    def _target(self, path: str) -> Path:
        target = self.folder / path
        parent = target.parent
        if parent not in self._safe:
            parent.mkdir(parents=True, exist_ok=True)
            if not parent.resolve().is_relative_to(self._root):
                raise Invalid(f"{format_filename(parent)} is a link that leads out of the folder. Remove it.")
            self._safe.add(parent)
        return target

    def finish(self) -> None:
        """Remove files that the site no longer has, and store the list of files."""
        with self._sentences():
            for path in sorted(self._before.keys() - self._marks.keys()):
                self._remove(path)
            self._write_manifest(self._marks)
            self._journal.close()
            (self.folder / JOURNAL).unlink(missing_ok=True)

    def _remove(self, path: str) -> None:
        gone = self.folder / path
        if not gone.parent.resolve().is_relative_to(self._root):
            return
        if gone.is_file() or gone.is_symlink():
            gone.unlink()
            self.removed += 1
        with suppress(OSError):
            # Fails at the first folder that is not empty, and stops there.
            for parent in PurePosixPath(path).parents:
                if parent.name:
                    (self.folder / parent).rmdir()

    def close(self) -> None:
        """Close the journal of an interrupted run; the next run reads it."""
        self._journal.close()

    def _write_manifest(self, marks: dict[str, str]) -> None:
        text = json.dumps(
            {"format": FORMAT, "files": dict(sorted(marks.items()))}, indent=0, ensure_ascii=False
        )
        part = self.folder / (MANIFEST + _PART)
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(self.folder / MANIFEST)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            name = format_filename(self.folder)
            reason = error.strerror or str(error)
            at = f" ({os.path.relpath(os.fsdecode(error.filename), self.folder)})" if error.filename else ""
            raise Invalid(
                f"The folder {name} cannot be written to: {reason}{at}. Run the command again after that."
            ) from None


def _has(target: Path, data: bytes) -> bool:
    return _size(target) == len(data) and not target.is_symlink() and target.read_bytes() == data


def _size(target: Path) -> int | None:
    try:
        return target.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None


def _marks_of_earlier_copy(folder: Path) -> dict[str, str]:
    """The files of an earlier copy; raises `Invalid` if the folder holds something else."""
    if folder.exists() and not folder.is_dir():
        raise Invalid(
            f"{format_filename(folder)} is a file. Name a folder that is empty or does not exist yet."
        )
    if not folder.exists() or all(one.name in _ALLOWED for one in folder.iterdir()):
        return {}
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        marks = {str(path): str(mark) for path, mark in manifest["files"].items()}
        lines = (
            (folder / JOURNAL).read_text(encoding="utf-8").splitlines() if (folder / JOURNAL).exists() else []
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        raise Invalid(
            f"The folder {format_filename(folder)} is not empty and holds no earlier export. Name one that is empty or does not exist yet."
        ) from None
    for line in lines:
        # The last line of a killed run may be cut off.
        with suppress(ValueError):
            marks.setdefault(str(json.loads(line)), "")
    return {path: mark for path, mark in marks.items() if _stays_inside(path)}


def _stays_inside(path: str) -> bool:
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts and bool(parts.name) and "\0" not in path
