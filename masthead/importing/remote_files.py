"""The pictures of a site that was exported without them: in a folder of the user's, or fetched from the old site.

A fetched file is kept in a temporary folder until the import has ended, so that several processes fetch it once.
"""

import fcntl
import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from masthead.importing.errors import Unreadable
from masthead.outbound.client import Client
from masthead.outbound.errors import AnswerRefused, Unreachable
from masthead.text.media_kinds import path_of

#: The seconds before each attempt.
WAITS: Final = (0.0, 0.5, 2.0)
SECONDS: Final = 30.0
#: A slow failure is not tried again at once: the next import does.
SLOW_SECONDS: Final = 10.0
#: Files in a row that a host did not give, after which it is not asked again in this import.
PATIENCE: Final = 5
TRY_AGAIN: Final = "Run the import again to try once more, or use --media."
#: Another attempt would get the same answer.
_FINAL: Final = frozenset({200, 401, 403, 404, 410, 451})


@dataclass(slots=True)
class RemoteFiles:
    """Files by their URL. It travels to worker processes."""

    #: The temporary folder.
    folder: Path
    #: The folder with the old site's `uploads`; None if there is none.
    media: Path | None = None
    fetches: bool = True
    client: Client = field(default_factory=Client)
    _failures: dict[str, int] = field(default_factory=dict)

    def has_file(self, path: str) -> bool:
        """Check if the file can be had: it is in the folder, or may be fetched."""
        return self.is_local(path) or (self.fetches and path.startswith(("http://", "https://")))

    def is_local(self, path: str) -> bool:
        """Check if the file is in the user's folder."""
        return self._local(path) is not None

    def read(self, path: str, *, limit: int) -> bytes:
        """Read or fetch a file of at most ``limit`` bytes; raises `Unreadable`."""
        local = self._local(path)
        if local is not None:
            return _read(local, limit)
        if not self.fetches:
            raise Unreadable("It is not in the folder of --media, and nothing is fetched.")
        return self._kept(path, limit)

    def _kept(self, address: str, limit: int) -> bytes:
        """The file from the temporary folder; the first process that wants it fetches it."""
        name = hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()
        kept, reason = self.folder / name, self.folder / f"{name}.reason"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if kept.exists():
                return kept.read_bytes()
            if reason.exists():
                raise Unreadable(reason.read_text(encoding="utf-8"))
            try:
                data = self._fetched(address, limit)
            except Unreadable as error:
                reason.write_text(error.message, encoding="utf-8")
                raise
            _write(kept, data)
            return data

    def _fetched(self, address: str, limit: int) -> bytes:
        """The file; raises `Unreadable` if the old site does not give it."""
        host = _host(address)
        if self._failures.get(host, 0) >= PATIENCE:
            raise Unreadable(
                f"{host} gave nothing {PATIENCE} times in a row, and was not asked again. {TRY_AGAIN}"
            )
        client = Client(
            seconds=SECONDS,
            largest=limit,
            resolve=self.client.resolve,
            is_allowed=self.client.is_allowed,
            ports=self.client.ports,
        )
        self._failures[host] = self._failures.get(host, 0) + 1
        problem = "The old site did not answer."
        for wait in WAITS:
            time.sleep(wait)
            begun = time.monotonic()
            try:
                answer = client.fetch(_encoded(address), headers={"Accept": "*/*"})
            except AnswerRefused:
                self._failures[host] = 0
                raise Unreadable(
                    f"It is larger than {limit // 1_000_000} MB, or the old site redirects to a place that is not fetched from."
                ) from None
            except Unreachable:
                if time.monotonic() - begun > SLOW_SECONDS:
                    break
                continue
            if answer.status == 200 and answer.body:
                self._failures[host] = 0
                return answer.body
            if answer.status in _FINAL:
                self._failures[host] = 0
                reason = "gave an empty file" if answer.status == 200 else f"answered {answer.status}"
                raise Unreadable(f"The old site {reason}. {TRY_AGAIN}")
            problem = f"The old site answered {answer.status}."
        raise Unreadable(f"{problem} {TRY_AGAIN}")

    def _local(self, path: str) -> Path | None:
        """The file in the user's folder that a URL or path means; links that lead out of the folder do not count."""
        if self.media is None:
            return None
        parts = [one for one in path_of(path).split("/") if one not in {"", ".", ".."}]
        from_uploads = parts[parts.index("uploads") + 1 :] if "uploads" in parts else parts
        root = self.media.resolve()
        for wanted in (
            ["uploads", *from_uploads],
            from_uploads,
            ["wp-content", "uploads", *from_uploads],
            parts,
        ):
            for names in dict.fromkeys((tuple(wanted), tuple(map(_decoded, wanted)))):
                candidate = root.joinpath(*names)
                if _is_file(candidate) and candidate.resolve().is_relative_to(root):
                    return candidate
        return None


def _host(address: str) -> str:
    """The host of a URL, with its port; raises `Unreadable`."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        raise Unreadable(f"“{address[:200]}” is not a valid address.") from None


def _decoded(name: str) -> str:
    decoded = unquote(name)
    return name if "/" in decoded or decoded in {"", ".", ".."} or "\0" in decoded else decoded


def _encoded(address: str) -> str:
    return quote(address.strip(), safe="%/:=&?~#+!$,;'@()*[]")


def _is_file(path: Path) -> bool:
    """Check if there is such a file; one with a name that is too long cannot be there."""
    try:
        return path.is_file()
    except OSError:
        return False


def _write(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all: a full disk leaves no part of it, which would pass for the file."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from None
    if len(data) > limit:
        raise Unreadable(f"{path.name} has more than {limit // 1_000_000} MB.")
    return data
