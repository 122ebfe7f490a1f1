"""A disk that fills up under a running site: writing is refused with 507, reading goes on, and writing resumes by itself."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.faults.site import POST, Site, Writer
from tests.support.over_http import Guest

DISK_MEGABYTES = 48
ATTEMPTS = 30
READ = ("/", POST, "/dashboard", "/blog/my-posts", "/search?q=load")


@dataclass(frozen=True)
class Figures:
    """Figures of a site whose disk is full."""

    #: Answers to comments while the disk was full, and those that were not 507.
    refused: int
    refused_wrongly: int
    #: Pages read meanwhile, by somebody signed in and by a stranger, and those that were not 200.
    read: int
    read_wrongly: int
    #: Probes of readiness that did not say what is wrong.
    unready_wrongly: int
    #: From the moment there was room again until a comment was saved, without a restart.
    seconds_to_return: float
    lost: int


class NoDisk(Exception):
    """Only somebody who may mount file systems can try this."""


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes; raises `NoDisk`."""
    with tempfile.TemporaryDirectory(prefix="masthead-disk-") as name:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=700", "tmpfs", name]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            raise NoDisk from None
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def run() -> Figures:
    """Fill the disk once."""
    with small_disk() as disk:
        site = Site(disk, RATELIMIT_ENABLED="true", RATELIMIT_COMMENT="10000 per minute")
        site.prepare()
        with site.running():
            return _suffer(site, disk)


def _suffer(site: Site, disk: Path) -> Figures:
    guest, stranger = site.signed_in(), Guest(site.url)
    writer = Writer(guest, "walt")
    assert writer.write()
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65_536))
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    # The last pages that the database had already are used up first.
    statuses = [reply.status if (reply := writer.write()) else 0 for _ in range(ATTEMPTS)]
    refused = [status for status in statuses if status != 303]
    ready = guest.get("/health/ready")
    pages = [
        reader.get(path).status
        for path in READ
        for reader in (guest, stranger)
        if _may_read(path, reader, guest)
    ]
    filler.unlink()
    room = time.monotonic()
    while not ((reply := writer.write()) and reply.status == 303):
        assert time.monotonic() < room + 30, "Writing has not resumed."
    took = time.monotonic() - room
    shown = guest.get(f"{POST}?").text
    lost = sum(text not in shown for text in writer.acknowledged[-3:])
    return Figures(
        len(refused),
        sum(status != 507 for status in refused),
        len(pages),
        sum(status != 200 for status in pages),
        int(ready.status != 503 or "full" not in ready.text),
        took,
        lost,
    )


def _may_read(path: str, reader: Guest, guest: Guest) -> bool:
    return reader is guest or path in {"/", POST, "/search?q=load"}
