"""Servers that live as long as one test run: started by the first test that needs one, ended with the run.

A server belongs to no test process (the workers of pytest-xdist come and go) but to a keeper: a process of its own that
starts the server, says where it listens, and stops it when the run has ended, however it ended.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

START_SECONDS = 90
STOP_SECONDS = 20
#: Set by the first process of a run and inherited by its workers.
RUN_FOLDER = "MASTHEAD_TEST_RUN"
RUN_OWNER = "MASTHEAD_TEST_OWNER"
ROOT = Path(__file__).resolve().parents[2]


def open_run() -> None:
    """Make the folder that the processes of this run share. Called by the process that ends last."""
    os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="masthead-tests-")
    os.environ[RUN_OWNER] = str(os.getpid())


def close_run() -> None:
    """Stop the servers of the run."""
    folder = Path(os.environ.pop(RUN_FOLDER))
    os.environ.pop(RUN_OWNER)
    for state in folder.glob("*.json"):
        keeper = json.loads(state.read_text(encoding="utf-8"))["keeper"]
        with suppress(ProcessLookupError):
            os.kill(keeper, signal.SIGTERM)
    _wait(lambda: not any(folder.glob("*.json")), STOP_SECONDS)
    for leftover in folder.iterdir():
        leftover.unlink()
    folder.rmdir()


def address_of(server: str) -> str:
    """Where the server of this run listens; ``server`` names a module of `tests.support` with ``serving()``."""
    folder = Path(os.environ[RUN_FOLDER])
    state = folder / f"{server}.json"
    try:
        os.close(os.open(folder / f"{server}.starting", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        pass  # another worker was first
    else:
        command = [sys.executable, "-m", "tests.support.keeper", server, str(state), os.environ[RUN_OWNER]]
        # It outlives the measuring of coverage, in which it has no part.
        variables = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        with (folder / f"{server}.log").open("wb") as log:
            subprocess.run(
                command,
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                check=True,
            )
    failed = folder / f"{server}.failed"
    if not _wait(lambda: state.exists() or failed.exists(), START_SECONDS) or failed.exists():
        log_text = (folder / f"{server}.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"The {server} server for the tests did not start:\n{log_text}")
    address: str = json.loads(state.read_text(encoding="utf-8"))["address"]
    return address


def _wait(is_done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def keep(server: str, state: Path, owner: int) -> None:
    """Run the server until its owner is gone or asks for the end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    module: Any = importlib.import_module(f"tests.support.{server}")
    serving: Callable[[], AbstractContextManager[str]] = module.serving
    with serving() as address:
        draft = state.with_suffix(".draft")
        draft.write_text(json.dumps({"address": address, "keeper": os.getpid()}), encoding="utf-8")
        draft.replace(state)
        try:
            while _is_alive(owner):
                time.sleep(0.5)
        finally:
            # A second SIGTERM must not interrupt the stopping that the first one asked for.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    # The process that asked goes on at once, and has no child to wait for.
    if os.fork():
        os._exit(0)
    try:
        keep(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    except Exception:
        Path(sys.argv[2]).with_suffix(".failed").touch()
        raise
    finally:
        Path(sys.argv[2]).unlink(missing_ok=True)
