"""The supervisor, the main process of `masthead serve`: it holds the port, and runs a server on it.

The port outlives every server. A server that has died, frozen or is replaced (``SIGHUP``) gets a successor on the same
port, and clients that connect in between wait for it. A new server loads the current code and settings; the old one
ends once the new one is ready, and stays if that one cannot start. This module imports only the standard library, so
the process is small.
"""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

#: Environment variables with the descriptors of the port, and of the pipe for heartbeats.
LISTENER: Final = "MASTHEAD_LISTEN_FD"
LIFELINE: Final = "MASTHEAD_LIFELINE_FD"
#: See `masthead.web.middleware.draining`.
FLAG: Final = "MASTHEAD_DRAINING_FD"
LOOK_SECONDS: Final = 0.5
#: Seconds that a new server has to become ready, and an old one to finish its requests and jobs.
START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 40.0
RESPAWN_SECONDS: Final = 1.0
#: Seconds in which the clients of an old server are moved to new connections.
DRAIN_SECONDS: Final = 3.0


class Server:
    """A server process, and the pipe of its heartbeats."""

    def __init__(self, listener: int, command: list[str]) -> None:
        self._pipe, lifeline = os.pipe()
        os.set_blocking(self._pipe, False)
        self._flag = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the server
        self._flag.write(bytes(1))
        self._flag.flush()
        descriptors = {LISTENER: listener, LIFELINE: lifeline, FLAG: self._flag.fileno()}
        environment = os.environ | {name: str(number) for name, number in descriptors.items()}
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            command, env=environment, pass_fds=tuple(descriptors.values())
        )
        os.close(lifeline)
        self.is_ready = self.is_ending = False
        self.began = self._heard = time.monotonic()

    @property
    def pipe(self) -> int:
        """Descriptor of the pipe, readable after a heartbeat."""
        return self._pipe

    def listen(self) -> None:
        """Read the heartbeats."""
        try:
            if os.read(self._pipe, 4_096):
                self.is_ready = True
                self._heard = time.monotonic()
        except BlockingIOError:
            pass

    def code(self) -> int | None:
        """Return the exit code; None while it runs."""
        return self._process.poll()

    def has_frozen(self, seconds: float) -> bool:
        """Tell if no heartbeat arrived for too long."""
        return time.monotonic() - self._heard > (seconds if self.is_ready else START_SECONDS)

    def forgive(self) -> None:
        """Restart the heartbeat time-out: this process has not read the pipe for a while."""
        self._heard = time.monotonic()

    def end(self) -> None:
        """Terminate the server gracefully."""
        self.is_ending = True
        self.send(signal.SIGTERM)

    def send(self, number: signal.Signals) -> None:
        """Send a signal if the server runs."""
        if self._process.poll() is None:
            self._process.send_signal(number)

    def drain(self) -> None:
        """Make the server close each connection after its next response."""
        os.pwrite(self._flag.fileno(), b"\x01", 0)

    def close(self) -> None:
        """Release the resources of an ended server."""
        os.close(self._pipe)
        self._flag.close()


class Supervisor:
    """Keeps a server on the port until it is told to stop."""

    def __init__(self, listener: int, command: list[str], frozen_seconds: float) -> None:
        self._listener, self._command, self._frozen_seconds = listener, command, frozen_seconds
        self._stops = self._reloads = False
        #: True once a server was ready; later start failures are retried.
        self._has_served = False
        self._wakeup, writer = os.pipe()
        for end in (self._wakeup, writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writer)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, self._note)
        self._current = self._spawn()
        self._next: Server | None = None
        self._old: list[tuple[Server, float]] = []

    def run(self) -> int:
        """Supervise, and return the exit code."""
        while not self._stops:
            self._wait()
            self._end_old_ones()
            self._has_served = self._has_served or self._current.is_ready
            code = self._current.code()
            if code is not None:
                if not self._has_served and not self._current.is_ready:
                    # The server has printed why it cannot start.
                    return code if code >= 0 else 1
                self._replace_dead(f"ended with code {code}")
            elif self._current.has_frozen(self._frozen_seconds):
                self._current.send(signal.SIGKILL)
            if self._reloads:
                self._reloads = False
                self._begin_successor()
            self._take_over()
        return self._stop()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._stops = self._stops or number in (signal.SIGTERM, signal.SIGINT)
        self._reloads = self._reloads or number == signal.SIGHUP

    def _spawn(self) -> Server:
        return Server(self._listener, self._command)

    def _servers(self) -> list[Server]:
        return [self._current, *([self._next] if self._next else [])]

    def _wait(self) -> None:
        began = time.monotonic()
        pipes = {server.pipe: server for server in self._servers()}
        # The pipe of an ended server is always readable.
        living = [pipe for pipe, server in pipes.items() if server.code() is None]
        for ready in select.select([self._wakeup, *living], [], [], LOOK_SECONDS)[0]:
            if ready == self._wakeup:
                os.read(self._wakeup, 4_096)
            else:
                pipes[ready].listen()
        if time.monotonic() - began > 10 * LOOK_SECONDS:
            # The machine or this process was suspended; the servers' heartbeats are in the pipe.
            for server in self._servers():
                server.forgive()

    def _replace_dead(self, reason: str) -> None:
        say(f"The server {reason}; another one is started.")
        self._current.close()
        if self._next is not None:
            self._current, self._next = self._next, None
            return
        time.sleep(RESPAWN_SECONDS)
        self._current = self._spawn()

    def _begin_successor(self) -> None:
        if self._next is None:
            self._next = self._spawn()

    def _take_over(self) -> None:
        """End the current server when its successor is ready."""
        if self._next is None:
            return
        if self._next.code() is not None:
            say("The new server could not start, so the old one goes on.")
            self._next.close()
            self._next = None
        elif self._next.is_ready:
            self._current.drain()
            self._old.append((self._current, time.monotonic() + DRAIN_SECONDS))
            self._current, self._next = self._next, None
            say("A new server answers; the old one finishes what it has in hand.")
        elif self._next.has_frozen(self._frozen_seconds):
            self._next.send(signal.SIGKILL)

    def _end_old_ones(self) -> None:
        for server, deadline in list(self._old):
            if server.code() is not None:
                server.close()
                self._old.remove((server, deadline))
            elif time.monotonic() > deadline + STOP_SECONDS:
                server.send(signal.SIGKILL)
            elif time.monotonic() > deadline and not server.is_ending:
                server.end()

    def _stop(self) -> int:
        """End all servers, and return the exit code of the current one."""
        servers = [*self._servers(), *(server for server, _ in self._old)]
        for server in servers:
            server.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(server.code() is None for server in servers):
            if time.monotonic() > deadline:
                for server in servers:
                    server.send(signal.SIGKILL)
            time.sleep(0.05)
        code = self._current.code() or 0
        return code if code >= 0 else 1


def say(sentence: str) -> None:
    """Print a sentence for the operator."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def become(listener: int, arguments: list[str], frozen_seconds: float) -> NoReturn:
    """Replace this process by the supervisor of servers with these arguments."""
    os.set_inheritable(listener, True)
    sys.stdout.flush()
    # Files in the current folder must not shadow modules, unless the program itself is there.
    python = [sys.executable, *([] if str(Path.cwd()) in sys.path[:1] else ["-P"])]
    arguments = ["-m", __name__, str(listener), str(frozen_seconds), *arguments]
    os.execv(python[0], [*python, *arguments])  # noqa: S606 - no shell is wanted


def main(arguments: list[str]) -> NoReturn:
    """Entry point: the port's descriptor, the heartbeat time-out in seconds, and the server's command line."""
    listener, frozen_seconds, *rest = arguments
    command = [sys.executable, *(["-P"] if sys.flags.safe_path else []), "-m", "masthead", *rest]
    sys.exit(Supervisor(int(listener), command, float(frozen_seconds)).run())


if __name__ == "__main__":
    main(sys.argv[1:])
