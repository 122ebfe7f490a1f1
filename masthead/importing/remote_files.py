"""The pictures of a site that was exported without them: in a folder of the user's, or fetched from the old site.

A fetched file is kept in a temporary folder until the import has ended, so that several processes fetch it once.
"""

import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from masthead.importing.errors import Unreadable
from masthead.outbound.client import Client
from masthead.outbound.errors import Unreachable

#: The seconds before each attempt.
WAITS: Final = (0.0, 0.5, 2.0)
SECONDS: Final = 30.0
#: A slow failure is not tried again at once: the next import does.
SLOW_SECONDS: Final = 10.0
#: Files in a row that a host did not give, after which it is not asked again in this import.
PATIENCE: Final = 3
NOT_FETCHED: Final = "The old site did not give it. Run the import again to try once more, or use --media."
_GONE: Final = frozenset({401, 403, 404, 410, 451})


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
        kept = self.folder / hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()
        if kept.exists():
            data = kept.read_bytes()
            if not data:
                raise Unreadable(NOT_FETCHED)
            return data
        data = self._fetched(path, limit)
        self._keep(kept, data)
        if not data:
            raise Unreadable(NOT_FETCHED)
        return data

    def _keep(self, kept: Path, data: bytes) -> None:
        # Another process may read it meanwhile, so it gets its name when it is whole.
        part = kept.with_name(f"{kept.name}.{os.getpid()}")
        part.write_bytes(data)
        part.replace(kept)

    def _fetched(self, address: str, limit: int) -> bytes:
        """The file; nothing if the old site does not give it."""
        host = urlsplit(address).netloc
        if self._failures.get(host, 0) >= PATIENCE:
            return b""
        client = Client(
            seconds=SECONDS,
            largest=limit,
            resolve=self.client.resolve,
            is_allowed=self.client.is_allowed,
            ports=self.client.ports,
        )
        for wait in WAITS:
            time.sleep(wait)
            begun = time.monotonic()
            try:
                answer = client.fetch(_encoded(address), headers={"Accept": "image/*"})
            except Unreachable:
                self._failures[host] = self._failures.get(host, 0) + 1
                if time.monotonic() - begun > SLOW_SECONDS or self._failures[host] >= PATIENCE:
                    return b""
                continue
            self._failures[host] = 0
            if answer.status == 200:
                return answer.body
            if answer.status in _GONE:
                return b""
        return b""

    def _local(self, path: str) -> Path | None:
        """The file in the user's folder that a URL or path means; links that lead out of the folder do not count."""
        if self.media is None:
            return None
        parts = [one for one in urlsplit(path).path.split("/") if one not in {"", ".", ".."}]
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
                if candidate.is_file() and candidate.resolve().is_relative_to(root):
                    return candidate
        return None


def _decoded(name: str) -> str:
    decoded = unquote(name)
    return name if "/" in decoded or decoded in {"", ".", ".."} or "\0" in decoded else decoded


def _encoded(address: str) -> str:
    return quote(address.strip(), safe="%/:=&?~#+!$,;'@()*[]")


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from None
    if len(data) > limit:
        raise Unreadable(f"{path.name} has more than {limit // 1_000_000} MB.")
    return data
