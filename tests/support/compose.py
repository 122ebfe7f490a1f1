"""Docker Compose, which reads and checks our file without an engine."""

import os
import shutil
import subprocess

import pytest

MISSING = "There is no docker-compose."
REMEDY = "On Debian, 'apt-get install docker-compose' brings it."


def executable() -> str | None:
    """Where it is."""
    return shutil.which("docker-compose")


def is_required() -> bool:
    """Return True if a missing one is a failure."""
    return os.environ.get("REQUIRE_COMPOSE", "") not in {"", "0"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests that need it where there is none."""
    if executable() is None and not is_required():
        for item in items:
            if "docker_compose" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, and loudly, that they did not run."""
    skipped = [report for report in terminalreporter.getreports("skipped") if MISSING in str(report.longrepr)]
    if skipped:
        line = f"!!! {len(skipped)} TESTS OF COMPOSE WERE SKIPPED: {MISSING} {REMEDY} REQUIRE_COMPOSE=1 makes this a failure."
        terminalreporter.write_line(line, red=True, bold=True)


class DockerCompose:
    """`docker_compose.config(file, SITE_URL="…")`."""

    def config(self, file: object, **settings: str) -> subprocess.CompletedProcess[str]:
        """Return the configuration that it reads from a file."""
        found = executable()
        assert found is not None, f"{MISSING} {REMEDY}"
        return subprocess.run(
            [found, "--file", str(file), "config"],
            env={"PATH": os.environ["PATH"], **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def docker_compose() -> DockerCompose:
    """Docker Compose, as Debian has it."""
    return DockerCompose()
