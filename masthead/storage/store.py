"""The file store: atomic put, get, exists, delete and list by key."""

import errno
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import obstore
from flask import Flask, current_app
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore

from masthead.db import leave_transaction
from masthead.storage.errors import StoreFull, StoreReadOnly, StoreUnavailable

#: Lower-case words, digits, dots and hyphens between single slashes; no segment begins with a dot. Such a key can
#: neither leave the folder nor collide with another on a case-insensitive file system.
KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
KEY_CHARACTERS = 400
EXTENSION = "masthead.storage"
#: Time limit in seconds of a request to a bucket, including retries.
BUCKET_TIMEOUT = "5s"
BUCKET_RETRIES = 2
#: Of a file that is read in parts.
CHUNK_BYTES = 1 << 20
NO_SPACE = os.strerror(errno.ENOSPC)
READ_ONLY = os.strerror(errno.EROFS)


class KeyRefused(ValueError):
    """The text is no valid key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key[:80]!r} cannot be the key of a file.")
        self.key = key


class FileStore(ABC):
    """Files by key.

    obstore starts threads at its first call, and a process forked after that hangs: so a store is opened at its first
    use, in the process that uses it.
    """

    def __init__(self) -> None:
        self._opened: ObjectStore | None = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_opened": None}

    @property
    def _files(self) -> ObjectStore:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    @abstractmethod
    def _open(self) -> ObjectStore:
        """Open the store."""

    @property
    @abstractmethod
    def place(self) -> str:
        """The location, for people."""

    @abstractmethod
    def problem(self) -> str | None:
        """Return the problem that prevents writing, and its fix; None if there is none. Fast enough for frequent
        calls.
        """

    def put(self, key: str, content: bytes) -> None:
        """Write a file, replacing the previous one; durable when this returns."""
        try:
            with _failures():
                obstore.put(self._files, _checked(key), content)
        except FileNotFoundError:
            raise StoreUnavailable(f"There is no such place as {self.place}.") from None

    def put_file(self, key: str, source: Path) -> None:
        """Write a file from a local one, in parts of some megabytes; durable when this returns."""
        try:
            with _failures(), source.open("rb") as file:
                obstore.put(self._files, _checked(key), file)
        except FileNotFoundError:
            raise StoreUnavailable(f"There is no such place as {self.place}.") from None

    def get(self, key: str) -> bytes:
        """Return the content of a file; raises `FileNotFoundError`."""
        with _failures():
            return bytes(obstore.get(self._files, _checked(key)).bytes())

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Return a part of a file; raises `FileNotFoundError`."""
        with _failures():
            return bytes(obstore.get_range(self._files, _checked(key), start=start, length=length))

    def chunks(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` to before ``end`` in parts that fit into memory; raises `FileNotFoundError`."""
        while start < end:
            part = self.get_range(key, start, min(CHUNK_BYTES, end - start))
            if not part:
                raise FileNotFoundError(key)
            yield part
            start += len(part)

    def get_file(self, key: str, target: Path) -> None:
        """Copy a file to a local one; raises `FileNotFoundError`."""
        size = self.size(key)
        if size is None:
            raise FileNotFoundError(key)
        with target.open("wb") as file:
            for part in self.chunks(key, 0, size):
                file.write(part)

    def size(self, key: str) -> int | None:
        """Return the size of a file in bytes; None if it does not exist."""
        try:
            with _failures():
                return obstore.head(self._files, _checked(key))["size"]
        except FileNotFoundError:
            return None

    def exists(self, key: str) -> bool:
        """Tell if the file exists."""
        return self.size(key) is not None

    def delete(self, key: str) -> None:
        """Delete a file if it exists."""
        try:
            with _failures():
                obstore.delete(self._files, _checked(key))
        except FileNotFoundError:
            return

    def keys(self, below: str = "") -> Iterator[str]:
        """List the keys of all files, or of those in a folder, in no particular order."""
        with _failures():
            for batch in obstore.list(self._files, _checked(below) if below else None):
                for entry in batch:
                    yield entry["path"]


class FolderStore(FileStore):
    """Files in a local folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def _open(self) -> ObjectStore:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self.folder)

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder)

    def problem(self) -> str | None:
        """Check that the folder, or its parent before the first file, is writable."""
        nearest = next(place for place in (self.folder, *self.folder.parents) if place.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
            return None
        return (
            f"No picture can be kept in {self.folder}. Give {nearest} to the account that runs Masthead, or set "
            "MEDIA_URL to another folder."
        )

    def put(self, key: str, content: bytes) -> None:
        """Write a file and fsync it."""
        super().put(key, content)
        self._sync(key)

    def put_file(self, key: str, source: Path) -> None:
        """Write a file from a local one and fsync it."""
        super().put_file(key, source)
        self._sync(key)

    def _sync(self, key: str) -> None:
        path = self.folder / key
        _sync(path)
        _sync(path.parent)


class Bucket(FileStore):
    """Files in a bucket of S3 or a compatible service."""

    def __init__(self, url: str, access_key: str = "", secret_key: str = "") -> None:
        super().__init__()
        parts = urlsplit(url)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        self._options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self._keys = (access_key, secret_key)

    def _open(self) -> ObjectStore:
        from obstore.store import S3Store

        endpoint = self._options.get("endpoint")
        access_key, secret_key = self._keys
        options: dict[str, Any] = {"region": self._options.get("region", "us-east-1")}
        if endpoint:
            options |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
        if access_key:
            options |= {"access_key_id": access_key, "secret_access_key": secret_key}
        return S3Store(
            self._bucket,
            prefix=self._prefix or None,
            client_options={"timeout": BUCKET_TIMEOUT, "allow_http": (endpoint or "").startswith("http://")},
            retry_config={"max_retries": BUCKET_RETRIES},
            **options,
        )

    @property
    def _files(self) -> ObjectStore:
        leave_transaction("the bucket")
        return super()._files

    @property
    def place(self) -> str:
        """The bucket and its key prefix."""
        return f"s3://{self._bucket}" + (f"/{self._prefix}" if self._prefix else "")

    def problem(self) -> str | None:
        """Check the bucket by a request for a missing file."""
        try:
            next(self.keys("masthead-probe"), None)
        except FileNotFoundError:
            reason = "there is no such bucket"
        except StoreUnavailable as error:
            reason = str(error)[:200]
        else:
            return None
        return (
            f"{self.place} cannot be used ({reason}). Look at MEDIA_URL, its bucket, endpoint and region, and at "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )


def _checked(key: str) -> str:
    if len(key) > KEY_CHARACTERS or not KEY.fullmatch(key):
        raise KeyRefused(key)
    return key


@contextmanager
def _failures() -> Iterator[None]:
    """Convert every obstore error except "not found" to ours."""
    try:
        yield
    except (FileNotFoundError, NotFoundError) as error:
        raise FileNotFoundError(str(error)) from None
    except (BaseError, OSError) as error:
        # obstore passes the system's message on without a class of its own.
        raise _kind_of(str(error))(" ".join(str(error).split())[:500]) from error


def _kind_of(message: str) -> type[StoreUnavailable]:
    if NO_SPACE in message:
        return StoreFull
    return StoreReadOnly if READ_ONLY in message else StoreUnavailable


def _sync(path: Path) -> None:
    """Sync the file and its folders: obstore renames complete files into place, but does not sync."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def opened(url: str, *, access_key: str = "", secret_key: str = "") -> FileStore:
    """Make the store of a URL, a folder or ``s3://bucket/folder?endpoint=…&region=…``; makes no request."""
    if url.startswith("s3://"):
        return Bucket(url, access_key, secret_key)
    return FolderStore(Path(url))


def init_app(app: Flask) -> None:
    """Prepare the store of MEDIA_URL."""
    app.extensions[EXTENSION] = named(app.config["MEDIA_URL"], app.config)


def named(url: str, settings: Mapping[str, Any]) -> FileStore:
    """Return the store at a URL, with this site's credentials."""
    secret = settings["AWS_SECRET_ACCESS_KEY"].get_secret_value()
    return opened(url, access_key=settings["AWS_ACCESS_KEY_ID"], secret_key=secret)


def current() -> FileStore:
    """Return the store of the application."""
    store: FileStore = current_app.extensions[EXTENSION]
    return store
