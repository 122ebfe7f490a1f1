"""The files of uploaded exports: the upload itself, and the reports."""

import shutil
from pathlib import Path, PurePath
from typing import IO, Final

from flask import current_app

from masthead.errors import Invalid
from masthead.text.slugs import slugify

CHUNK_BYTES: Final = 1024 * 1024
STEM_CHARACTERS: Final = 100


def folder_of(upload_id: int) -> Path:
    """The folder of an upload."""
    return Path(current_app.config["MASTHEAD_HOME"]) / "imports" / str(upload_id)


def upload_of(upload_id: int, kind: str, name: str) -> Path:
    """The uploaded file. It keeps its name, by which the next upload of the same site finds its texts again."""
    stem = slugify(PurePath(name).stem)[:STEM_CHARACTERS].strip("-")
    return folder_of(upload_id) / "upload" / f"{stem or 'export'}.{kind}"


def report_of(upload_id: int, *, dry_run: bool) -> Path:
    """The report of the dry run, or of the import."""
    return folder_of(upload_id) / ("dry-run.json" if dry_run else "report.json")


def keep(upload_id: int, path: Path, content: IO[bytes]) -> None:
    """Store an upload, in chunks; raises `Invalid` if there is no room."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder_of(upload_id).chmod(0o700)
        with path.open("wb") as file:
            path.chmod(0o600)
            shutil.copyfileobj(content, file, CHUNK_BYTES)
    except OSError as error:
        delete(upload_id)
        raise Invalid(f"The file cannot be stored here: {error.strerror}.", field="file") from None


def delete(upload_id: int) -> None:
    """Delete the upload and its reports."""
    shutil.rmtree(folder_of(upload_id), ignore_errors=True)
