"""A file that gets its name when it is whole, so that an interrupted export leaves the earlier one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from click import format_filename

from masthead.errors import Invalid


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing; it replaces the one at the path when the block ends. Raises `Invalid`."""
    name = format_filename(path)
    if path.is_dir():
        raise Invalid(f"{name} is a folder. Name a file.")
    if path.exists() and not path.is_file():
        raise Invalid(f"{name} is no file that can be replaced. Name a file.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Only the owner reads it: exports hold email addresses.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise Invalid(f"{name} cannot be written: {error.strerror or error}.") from None
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        # The folder cannot be written to, which the error above has already said.
        return
