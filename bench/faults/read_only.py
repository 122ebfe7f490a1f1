"""Storage that can only be read: a disk that the system has remounted after an error, a standby after a failover.

Reading goes on, what cannot be saved is told in a sentence, and writing resumes as soon as it can.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.faults.disk_full import NoDisk
from bench.faults.many_writers import is_polite
from bench.faults.site import POST, Site, Writer, on_postgres
from tests.support.over_http import Guest

ATTEMPTS = 20
DISK_MEGABYTES = 96
#: By somebody signed in and, the first three, by strangers too.
READ = ("/", POST, "/search?q=load", "/dashboard", "/blog/my-posts")
FOR_STRANGERS = 3


@dataclass(frozen=True)
class Figures:
    """Figures of a site whose storage can only be read."""

    acknowledged: int
    lost: int
    #: Comments while nothing could be written, and those that were not refused with 503 and Retry-After.
    refused: int
    refused_wrongly: int
    #: Pages read meanwhile, made anew each, and those that were not 200.
    read: int
    read_wrongly: int
    #: Probes of readiness that did not say what is wrong.
    unready_wrongly: int
    #: Tracebacks in the log.
    tracebacks: int
    #: From the moment it could be written again until a comment was saved, without a restart of the site. A disk has to be
    #: mounted anew for that, which ends the site.
    seconds_to_return: float


def run_standby() -> Figures:
    """PostgreSQL becomes a standby, and is promoted again."""
    with on_postgres() as (site, server):
        return _suffer(site, fail=server.become_standby, mend=server.promote)


def run_disk() -> Figures:
    """The file system of an SQLite site becomes read-only as it does after an error, and is mounted anew."""
    with disk_with_journal() as (disk, fail):
        site = Site(disk / "home")
        site.home.mkdir()
        site.log = disk.parent / "server.log"
        site.prepare()
        with site.running():
            return _suffer(site, fail=fail, mend=None)


@contextmanager
def disk_with_journal() -> Iterator[tuple[Path, Callable[[], None]]]:
    """A disk of its own, and the call that makes it read-only under whoever writes on it; raises `NoDisk`."""
    with tempfile.TemporaryDirectory(prefix="masthead-disk-") as name:
        image, place = Path(name) / "image", Path(name) / "disk"
        place.mkdir()
        with image.open("wb") as file:
            file.truncate(DISK_MEGABYTES * 1024 * 1024)
        if shutil.which("mkfs.ext4") is None:
            raise NoDisk
        try:
            _system("mkfs.ext4", "-q", "-F", str(image))
            _system("mount", "-o", "loop", str(image), str(place))
        except (OSError, subprocess.CalledProcessError):
            raise NoDisk from None
        try:
            # "abort" ends the journal as an error of the disk does.
            yield place, lambda: _system("mount", "-o", "remount,abort", str(place))
        finally:
            _system("umount", "--lazy", str(place))


def _system(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _suffer(site: Site, *, fail: Callable[[], None], mend: Callable[[], None] | None) -> Figures:
    guest, stranger = site.signed_in(), Guest(site.url)
    writer = Writer(guest, "walt")
    while len(writer.acknowledged) < ATTEMPTS:
        writer.write()
    fail()
    refused = [writer.write() for _ in range(ATTEMPTS)]
    replies = [guest.get(path) for path in READ] + [stranger.get(path) for path in READ[:FOR_STRANGERS]]
    ready = guest.get("/health/ready")
    took = 0.0
    if mend is not None:
        mend()
        began = time.monotonic()
        while not ((reply := writer.write()) and reply.status == 303):
            assert time.monotonic() < began + 60, "Writing has not resumed."
        took = time.monotonic() - began
    shown = guest.get(POST).text
    return Figures(
        len(writer.acknowledged),
        sum(text not in shown for text in writer.acknowledged),
        len(refused),
        sum(not is_polite(reply) for reply in refused),
        len(replies),
        sum(reply.status != 200 for reply in replies),
        int(ready.status != 503 or "read-only" not in ready.text),
        site.log.read_text(encoding="utf-8").count("Traceback"),
        took,
    )
