"""A place for files: put, get, exists, delete and list by key, written whole or not at all."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import obstore
from flask import Flask, current_app
from obstore.store import LocalStore

#: Lower-case words, digits, dots and hyphens between single slashes; no part begins with a dot. A key that has this
#: form can neither leave the folder nor name two files on a system that does not tell capitals from small letters.
KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
KEY_CHARACTERS = 400
EXTENSION = "masthead.storage"


class KeyRefused(ValueError):
    """This cannot be the key of a file."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key[:80]!r} cannot be the key of a file.")
        self.key = key


class Store:
    """Files in a local folder.

    obstore runs threads of its own from the first call on, and a process that was forked after it hangs: so a store
    opens at its first use, in the process that uses it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: LocalStore | None = None

    def __getstate__(self) -> dict[str, Path]:
        return {"folder": self.folder}

    def __setstate__(self, state: dict[str, Path]) -> None:
        """A copy in another process opens the folder there."""
        self.folder, self._opened = state["folder"], None

    @property
    def _files(self) -> LocalStore:
        if self._opened is None:
            self._opened = LocalStore(self.folder, mkdir=True)
        return self._opened

    def put(self, key: str, content: bytes) -> None:
        """Write a file, replacing the one before; when this returns, it survives a power cut."""
        obstore.put(self._files, _checked(key), content)
        path = self.folder / key
        _sync(path)
        _sync(path.parent)

    def get(self, key: str) -> bytes:
        """The content of a file; raises `FileNotFoundError`."""
        return bytes(obstore.get(self._files, _checked(key)).bytes())

    def size(self, key: str) -> int | None:
        """How many bytes a file has; None if there is none."""
        try:
            return obstore.head(self._files, _checked(key))["size"]
        except FileNotFoundError:
            return None

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        return self.size(key) is not None

    def delete(self, key: str) -> None:
        """Remove a file, if there is one."""
        try:
            obstore.delete(self._files, _checked(key))
        except FileNotFoundError:
            return

    def keys(self, below: str = "") -> Iterator[str]:
        """The keys of all files, or of those in a folder, in no particular order."""
        for batch in obstore.list(self._files, _checked(below) if below else None):
            for entry in batch:
                yield entry["path"]


def _checked(key: str) -> str:
    if len(key) > KEY_CHARACTERS or not KEY.fullmatch(key):
        raise KeyRefused(key)
    return key


def _sync(path: Path) -> None:
    """Wait until the disk has it; obstore renames a whole file into place, but leaves the rest to the system."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def init_app(app: Flask) -> None:
    """Prepare the store that MEDIA_URL names; nothing is opened yet."""
    app.extensions[EXTENSION] = Store(Path(app.config["MEDIA_URL"]))


def current() -> Store:
    """The store of the application."""
    store: Store = current_app.extensions[EXTENSION]
    return store
