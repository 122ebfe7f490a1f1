"""The files of exports, in MASTHEAD_HOME."""

import shutil
from pathlib import Path

from flask import current_app


def file_of(export_id: int) -> Path:
    """The file of an export."""
    return Path(current_app.config["MASTHEAD_HOME"]) / "exports" / str(export_id) / "export.zip"


def prepare(export_id: int) -> Path:
    """Make the folder of an export, which only its owner can read; the path of the file."""
    path = file_of(export_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    return path


def delete(export_id: int) -> None:
    """Delete the file of an export."""
    shutil.rmtree(file_of(export_id).parent, ignore_errors=True)
