"""A place for files: put, get, exists, delete and list by key, written whole or not at all."""

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

#: Lower-case words, digits, dots and hyphens between single slashes; no part begins with a dot. A key that has this
#: form can neither leave the folder nor name two files on a system that does not tell capitals from small letters.
KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
KEY_CHARACTERS = 400
EXTENSION = "masthead.storage"
#: What a request to a bucket may take, with its repetitions.
BUCKET_TIMEOUT = "5s"
BUCKET_RETRIES = 2
NO_SPACE = os.strerror(errno.ENOSPC)
READ_ONLY = os.strerror(errno.EROFS)


class KeyRefused(ValueError):
    """This cannot be the key of a file."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key[:80]!r} cannot be the key of a file.")
        self.key = key


class StoreUnavailable(Exception):
    """The place for files does not do what it is asked: it is away, full, or refuses us."""


class StoreFull(StoreUnavailable):
    """There is no room for another file."""


class StoreReadOnly(StoreUnavailable):
    """Files can be read, and none can be written."""


class FileStore(ABC):
    """Files by key.

    obstore runs threads of its own from the first call on, and a process that was forked after it hangs: so a store
    opens at its first use, in the process that uses it.
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
        """Begin to use it."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, for people."""

    @abstractmethod
    def problem(self) -> str | None:
        """Why nothing can be kept here now, and what to do; None if all is well. Quick, for it is asked often."""

    def put(self, key: str, content: bytes) -> None:
        """Write a file, replacing the one before; when this returns, it survives a power cut."""
        try:
            with _failures():
                obstore.put(self._files, _checked(key), content)
        except FileNotFoundError:
            raise StoreUnavailable(f"There is no such place as {self.place}.") from None

    def get(self, key: str) -> bytes:
        """The content of a file; raises `FileNotFoundError`."""
        with _failures():
            return bytes(obstore.get(self._files, _checked(key)).bytes())

    def size(self, key: str) -> int | None:
        """How many bytes a file has; None if there is none."""
        try:
            with _failures():
                return obstore.head(self._files, _checked(key))["size"]
        except FileNotFoundError:
            return None

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        return self.size(key) is not None

    def delete(self, key: str) -> None:
        """Remove a file, if there is one."""
        try:
            with _failures():
                obstore.delete(self._files, _checked(key))
        except FileNotFoundError:
            return

    def keys(self, below: str = "") -> Iterator[str]:
        """The keys of all files, or of those in a folder, in no particular order."""
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
        """Whether the folder, or the one in which it will be made when the first file comes, can be written to."""
        nearest = next(place for place in (self.folder, *self.folder.parents) if place.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
            return None
        return (
            f"No picture can be kept in {self.folder}. Give {nearest} to the account that runs Masthead, or set "
            "MEDIA_URL to another folder."
        )

    def put(self, key: str, content: bytes) -> None:
        """Write a file and wait for the disk."""
        super().put(key, content)
        path = self.folder / key
        _sync(path)
        _sync(path.parent)


class Bucket(FileStore):
    """Files in a bucket of S3, or of anything that speaks its language."""

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
        """The bucket and the beginning of every key in it."""
        return f"s3://{self._bucket}" + (f"/{self._prefix}" if self._prefix else "")

    def problem(self) -> str | None:
        """Whether the bucket answers about files that are not there."""
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
    """Everything that obstore can say but "there is no such file" is one error of ours."""
    try:
        yield
    except (FileNotFoundError, NotFoundError) as error:
        raise FileNotFoundError(str(error)) from None
    except (BaseError, OSError) as error:
        # obstore says what the system said, and has no class for it.
        raise _kind_of(str(error))(" ".join(str(error).split())[:500]) from error


def _kind_of(message: str) -> type[StoreUnavailable]:
    if NO_SPACE in message:
        return StoreFull
    return StoreReadOnly if READ_ONLY in message else StoreUnavailable


def _sync(path: Path) -> None:
    """Wait until the disk has it; obstore renames a whole file into place, but leaves the rest to the system."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def opened(url: str, *, access_key: str = "", secret_key: str = "") -> FileStore:
    """The store that an address names, a folder or ``s3://bucket/folder?endpoint=…&region=…``; nothing is asked yet."""
    if url.startswith("s3://"):
        return Bucket(url, access_key, secret_key)
    return FolderStore(Path(url))


def init_app(app: Flask) -> None:
    """Prepare the store that MEDIA_URL names."""
    app.extensions[EXTENSION] = named(app.config["MEDIA_URL"], app.config)


def named(url: str, settings: Mapping[str, Any]) -> FileStore:
    """The store at an address, with the keys of this site."""
    secret = settings["AWS_SECRET_ACCESS_KEY"].get_secret_value()
    return opened(url, access_key=settings["AWS_ACCESS_KEY_ID"], secret_key=secret)


def current() -> FileStore:
    """The store of the application."""
    store: FileStore = current_app.extensions[EXTENSION]
    return store
