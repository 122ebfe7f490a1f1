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
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import BinaryIO, Final, NoReturn

#: Environment variables with the descriptors of the port, and of the pipe for heartbeats.
LISTENER: Final = "MASTHEAD_LISTEN_FD"
LIFELINE: Final = "MASTHEAD_LIFELINE_FD"
#: See `masthead.web.middleware.draining`.
FLAG: Final = "MASTHEAD_DRAINING_FD"
STDERR: Final = 2
LOOK_SECONDS: Final = 0.5
#: Seconds that a new server has to become ready, and an old one to finish its requests and jobs.
START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 40.0
RESPAWN_SECONDS: Final = 1.0
#: Seconds in which the clients of an old server are moved to new connections.
DRAIN_SECONDS: Final = 3.0
#: Exit codes of a process that a stop ended before it had its handlers.
STOPPED: Final = (-signal.SIGTERM, -signal.SIGINT)


class Server:
    """A server process, and the pipe of its heartbeats."""

    def __init__(self, listener: int, command: list[str]) -> None:
        with ExitStack() as opened, ExitStack() as passed_on:
            self._pipe, lifeline = os.pipe()
            opened.callback(os.close, self._pipe)
            passed_on.callback(os.close, lifeline)
            os.set_blocking(self._pipe, False)
            self._flag = opened.enter_context(_flag_file())
            self._flag.write(bytes(1))
            descriptors = {LISTENER: listener, LIFELINE: lifeline, FLAG: self._flag.fileno()}
            environment = os.environ | {name: str(number) for name, number in descriptors.items()}
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                command, env=environment, pass_fds=tuple(descriptors.values())
            )
            #: Kept open until `close`.
            self._opened = opened.pop_all()
        self.is_closed = False
        self.is_ready = self.is_ending = False
        self.began = self._heard = time.monotonic()

    @property
    def pipe(self) -> int:
        """Descriptor of the pipe, readable after a heartbeat."""
        return self._pipe

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

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
        self.is_closed = True
        self._opened.close()


def _flag_file() -> BinaryIO:
    """Open an empty file; in memory if the system supports that, because the disk may be full."""
    if sys.platform.startswith("linux"):
        file: BinaryIO = os.fdopen(os.memfd_create("masthead-draining"), "r+b", buffering=0)
    else:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - the server closes it
    return file


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
        while self._goes_on():
            self._end_old_ones()
            self._has_served = self._has_served or self._current.is_ready
            code = self._current.code()
            if code is not None:
                if not self._has_served and not self._current.is_ready:
                    return self._failed_start(code)
                self._replace_dead(code)
            elif self._current.has_frozen(self._frozen_seconds):
                self._current.send(signal.SIGKILL)
            if self._reloads:
                self._reloads = False
                self._begin_successor()
            self._take_over()
        return self._stop()

    def _failed_start(self, code: int) -> int:
        """Return the exit code after the first server has ended before it was ready."""
        if code in STOPPED:
            # Whoever stops all processes of a group may reach the server first.
            deadline = time.monotonic() + LOOK_SECONDS
            while not self._stops and time.monotonic() < deadline:
                time.sleep(0.02)
            return 0 if self._stops else 1
        # The server has printed why it cannot start.
        return code if code >= 0 else 1

    def _goes_on(self) -> bool:
        """Wait for news; False after a signal to stop."""
        self._wait()
        self._reap()
        return not self._stops

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._stops = self._stops or number in (signal.SIGTERM, signal.SIGINT)
        self._reloads = self._reloads or number == signal.SIGHUP

    def _spawn(self) -> Server:
        return Server(self._listener, self._command)

    def _spawn_if_possible(self, otherwise: str) -> Server | None:
        """Start a server; tell the operator and return None if the system lacks the resources."""
        try:
            return self._spawn()
        except OSError as error:
            say(f"No new server could be started ({error}); {otherwise}")
            return None

    def _reap(self) -> None:
        """Reap ended children; as process 1 of a container, the supervisor inherits orphans, too."""
        servers = {server.pid: server for server in [*self._servers(), *(old for old, _ in self._old)]}
        with suppress(ChildProcessError):
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if ended.si_pid in servers:
                    # This stores the exit code.
                    servers[ended.si_pid].code()
                else:
                    os.waitpid(ended.si_pid, 0)

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

    def _replace_dead(self, code: int) -> None:
        if not self._current.is_closed:
            say(f"The server ended with code {code}; another one is started.")
            self._current.close()
        if self._next is not None:
            self._current, self._next = self._next, None
            return
        time.sleep(RESPAWN_SECONDS)
        # After a failure, `run` calls this again.
        self._current = self._spawn_if_possible("it is tried again.") or self._current

    def _begin_successor(self) -> None:
        if self._next is None:
            self._next = self._spawn_if_possible("the old one goes on.")

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
        if code in STOPPED:
            # The signal came before the server had its handlers.
            return 0
        return code if code >= 0 else 1


def say(sentence: str) -> None:
    """Print a sentence for the operator, if anybody still reads stderr."""
    with suppress(OSError):
        # `sys.stderr` would keep what it cannot write, and fail again at exit.
        os.write(STDERR, f"{sentence}\n".encode())


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
    try:
        running = Supervisor(int(listener), command, float(frozen_seconds))
    except OSError as error:
        say(f"The server could not be started ({error}).")
        sys.exit(1)
    sys.exit(running.run())


if __name__ == "__main__":
    main(sys.argv[1:])
