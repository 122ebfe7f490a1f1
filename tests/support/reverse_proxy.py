"""A real nginx with the configuration that we ship, in front of the servers of a test."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import ROOT
from tests.support.live import free_port

SHIPPED = ROOT / "deploy" / "nginx.conf"
MISSING = "There is no nginx."
REMEDY = "On Debian, 'apt-get install nginx-light' brings it."


def executable() -> str | None:
    """Where nginx is; Debian keeps it where only administrators look."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def is_required() -> bool:
    """Return True if a missing nginx is a failure."""
    return os.environ.get("REQUIRE_NGINX", "") not in {"", "0"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests that need nginx where there is none."""
    if executable() is None and not is_required():
        for item in items:
            if "nginx" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, and loudly, that they did not run."""
    skipped = [report for report in terminalreporter.getreports("skipped") if MISSING in str(report.longrepr)]
    if skipped:
        line = f"!!! {len(skipped)} NGINX TESTS WERE SKIPPED: {MISSING} {REMEDY} REQUIRE_NGINX=1 makes this a failure."
        terminalreporter.write_line(line, red=True, bold=True)


class Nginx:
    """nginx in a folder of its own: `.url` by https, `.plain_url` by http."""

    def __init__(self, folder: Path, certificate: tuple[Path, Path]) -> None:
        self.folder = folder
        self.certificate = certificate[0]
        self._key = certificate[1]
        self._port, self._plain_port = free_port(), free_port()
        self.url = f"https://localhost:{self._port}"
        self.plain_url = f"http://localhost:{self._plain_port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *ports: int, keeps_pages: bool = False) -> None:
        """Start it in front of the servers on these ports."""
        path = self.folder / "nginx.conf"
        path.write_text(self._configuration(ports, keeps_pages=keeps_pages), encoding="utf-8")
        command = [executable() or "nginx", "-p", str(self.folder), "-c", str(path)]
        checked = subprocess.run([*command, "-t"], capture_output=True, encoding="utf-8")
        assert checked.returncode == 0, checked.stderr
        self._process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not self._listens():
            assert self._process.poll() is None, self.errors
            assert time.monotonic() < deadline, self.errors
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _configuration(self, ports: tuple[int, ...], *, keeps_pages: bool) -> str:
        """The shipped file with the places of this test in it, and nothing else changed."""
        servers = "\n".join(f"        server 127.0.0.1:{port} max_fails=2 fail_timeout=2s;" for port in ports)
        for name in ("log", "cache", "certificates", "bodies"):
            (self.folder / name).mkdir(exist_ok=True)
        replaced = {
            r"^        server app:8000 .*;$": servers,
            r"listen 80 default_server;": f"listen 127.0.0.1:{self._plain_port};",
            r"listen 443 ssl http2 default_server;": f"listen 127.0.0.1:{self._port} ssl http2;",
            r"https://magazine\.example": self.url,
            r"magazine\.example": "localhost",
            r"/etc/nginx/certificates/fullchain\.pem": str(self.certificate),
            r"/etc/nginx/certificates/privkey\.pem": str(self._key),
            r"/var/log/nginx": str(self.folder / "log"),
            r"/var/cache/nginx": str(self.folder / "cache"),
            r"/run/nginx\.pid": str(self.folder / "nginx.pid"),
            r"default 0;": f"default {int(keeps_pages)};",
            r"worker_processes auto;": "worker_processes 1;" + (" user root;" if os.geteuid() == 0 else ""),
            r"^http \{$": f"http {{\n    client_body_temp_path {self.folder}/bodies/c;\n"
            f"    proxy_temp_path {self.folder}/bodies/p;\n    fastcgi_temp_path {self.folder}/bodies/f;\n"
            f"    uwsgi_temp_path {self.folder}/bodies/u;\n    scgi_temp_path {self.folder}/bodies/s;",
        }
        text = SHIPPED.read_text(encoding="utf-8")
        for pattern, place in replaced.items():
            text, count = re.subn(pattern, place.replace("\\", r"\\"), text, flags=re.MULTILINE)
            assert count, f"{pattern} is not in {SHIPPED.name} any more."
        return text

    @property
    def errors(self) -> str:
        """Return its error log."""
        log = self.folder / "log" / "error.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None


@pytest.fixture
def nginx(tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[Nginx]:
    """An nginx that is not started yet: `nginx.start(site.port)`."""
    if executable() is None:
        pytest.fail(f"{MISSING} {REMEDY}", pytrace=False)
    folder = tmp_path / "nginx"
    folder.mkdir()
    made = Nginx(folder, certificate)
    yield made
    made.stop()
