"""The folder that an export is written to: empty, or one of ours, from which what is gone is removed."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from masthead.errors import Invalid

#: Lists every file of the export, so that a later one knows which are its own.
MANIFEST = "masthead-export.json"
FORMAT = 1


class ExportFolder:
    """A folder with the files of an export, and perhaps with others, which stay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: set[str] = set()
        self._before = _files_of_earlier_export(folder)
        self._in_words(self._begin)

    def _begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # An export that is broken off is one of ours too.
        self._write_manifest(self._before)

    def write(self, path: str, content: bytes | str) -> None:
        """Write a file; the path has forward slashes."""
        self._written.add(path)
        data = content.encode() if isinstance(content, str) else content
        self._in_words(lambda: _write(self.folder / path, data))

    def finish(self) -> None:
        """Remove what the earlier export wrote and this one did not, and list the files."""
        self._in_words(self._clear_up)

    def _clear_up(self) -> None:
        for path in sorted(self._before - self._written):
            gone = self.folder / path
            gone.unlink(missing_ok=True)
            with suppress(OSError):
                # Fails where other files are left, and then ends.
                for parent in PurePosixPath(path).parents:
                    if parent.name:
                        (self.folder / parent).rmdir()
        self._write_manifest(self._written)

    def _write_manifest(self, files: set[str]) -> None:
        manifest = {"format": FORMAT, "files": sorted(files)}
        _write(self.folder / MANIFEST, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())

    def _in_words(self, step: Callable[[], None]) -> None:
        try:
            step()
        except OSError as error:
            raise Invalid(f"The folder {self.folder} cannot be written to: {error.strerror}.") from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _files_of_earlier_export(folder: Path) -> set[str]:
    """The files that the export before this one wrote; raises `Invalid` if the folder is somebody else's."""
    if folder.exists() and not folder.is_dir():
        raise Invalid(f"{folder} is a file. Name a folder that is empty or does not exist yet.")
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return set()
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {str(path) for path in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise Invalid(
            f"The folder {folder} is not empty and holds no earlier export. Name one that is empty or does not exist yet."
        ) from None
    return {path for path in files if _stays_inside(path)}


def _stays_inside(path: str) -> bool:
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts and bool(parts.name)
