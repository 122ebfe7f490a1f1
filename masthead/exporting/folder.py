"""The target folder of an export: empty, or an earlier export, from which outdated files are removed."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from masthead.errors import Invalid

#: The list of the export's files, by which a later export finds its own.
MANIFEST = "masthead-export.json"
FORMAT = 1


class ExportFolder:
    """The folder of an export. Files of others in it stay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: set[str] = set()
        self._before = _files_of_earlier_export(folder)
        self._with_message(self._begin)

    def _begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Write the manifest first, so that an interrupted export is recognised, too.
        self._write_manifest(self._before)

    def write(self, path: str, content: bytes | str) -> None:
        """Write a file; the path is relative, with forward slashes."""
        self._written.add(path)
        data = content.encode() if isinstance(content, str) else content
        self._with_message(lambda: _write(self.folder / path, data))

    def finish(self) -> None:
        """Remove outdated files of the earlier export, and write the manifest."""
        self._with_message(self._clear_up)

    def _clear_up(self) -> None:
        for path in sorted(self._before - self._written):
            gone = self.folder / path
            gone.unlink(missing_ok=True)
            with suppress(OSError):
                # Fails at the first folder that is not empty, and stops there.
                for parent in PurePosixPath(path).parents:
                    if parent.name:
                        (self.folder / parent).rmdir()
        self._write_manifest(self._written)

    def _write_manifest(self, files: set[str]) -> None:
        manifest = {"format": FORMAT, "files": sorted(files)}
        _write(self.folder / MANIFEST, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())

    def _with_message(self, step: Callable[[], None]) -> None:
        try:
            step()
        except OSError as error:
            raise Invalid(f"The folder {self.folder} cannot be written to: {error.strerror}.") from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _files_of_earlier_export(folder: Path) -> set[str]:
    """The files of the earlier export in the folder; raises `Invalid` if the folder is not empty and not an export."""
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
