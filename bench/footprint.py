"""Memory and start time of `masthead serve` before the first request."""

import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import servers
from bench.figures import Figure, at_most

IDLE_SECONDS = 3.0


def measure(home: Path, *, rounds: int) -> list[Figure]:
    """Time to the first answer, and the memory of the server, one worker and the job runner."""
    starts, memories = [], []
    for _ in range(rounds):
        seconds, megabytes = _served(home)
        starts.append(seconds)
        memories.append(megabytes)
    return [
        at_most("start to the first answer", statistics.median(starts), 2, unit="s"),
        at_most(
            "memory of an idle server with its job runner (PSS)", statistics.median(memories), 150, unit="MB"
        ),
    ]


def _served(home: Path) -> tuple[float, float]:
    port = servers.free_port()
    variables = servers.environment({"MASTHEAD_HOME": str(home), "FLASK_CONFIG": "production"})
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "masthead", "serve", "--port", str(port)],
        env=variables,
        cwd=servers.ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while True:
            try:
                servers.fetched(f"http://127.0.0.1:{port}/")
                break
            except OSError:
                time.sleep(0.005)
        seconds = time.monotonic() - began
        time.sleep(IDLE_SECONDS)
        return seconds, _megabytes_of(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _megabytes_of(session: int) -> float:
    """The proportional set size of all processes of a session (Linux, `proc(5)`)."""
    kilobytes = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(entry.name)) != session:
                continue
            lines = (entry / "smaps_rollup").read_text().splitlines()
        except OSError:
            # It has ended meanwhile, or belongs to somebody else.
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024
