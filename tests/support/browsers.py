"""A real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

from masthead.people.models import User
from tests.support.live import LiveSite
from tests.support.people import PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    # Containers give 64 MB of shared memory, which one large page fills.
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT_MS = 15_000
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MISSING = "There is no Chromium."
REMEDY = "On Debian, 'apt-get install chromium libatomic1' brings what the browser tests need; CHROMIUM names another one."


def executable() -> str | None:
    """Where Chromium is: CHROMIUM, or the first of its names on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def is_required() -> bool:
    """Return True if a missing browser is a failure."""
    return os.environ.get("REQUIRE_BROWSER", "") not in {"", "0"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser, and skip them where there is none."""
    is_missing = executable() is None and not is_required()
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            if is_missing:
                item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, and loudly, that the browser tests did not run."""
    skipped = [report for report in terminalreporter.getreports("skipped") if MISSING in str(report.longrepr)]
    if skipped:
        line = f"!!! {len(skipped)} BROWSER TESTS WERE SKIPPED: {MISSING} {REMEDY} REQUIRE_BROWSER=1 makes this a failure."
        terminalreporter.write_line(line, red=True, bold=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this test process."""
    path = executable()
    if path is None:
        pytest.fail(f"{MISSING} {REMEDY}", pytrace=False)
    with _driver() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def _driver() -> Iterator[Playwright]:
    manager = sync_playwright()
    try:
        playwright = manager.start()
    except Exception as error:  # noqa: BLE001 - it raises nothing more precise when its own program cannot start
        pytest.fail(f"Playwright cannot start ({error}). {REMEDY}", pytrace=False)
    yield playwright
    playwright.stop()


@pytest.fixture
def page(chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """A page in a fresh profile; addresses are relative to the live site. A broken script or policy fails the test."""
    context = chromium.new_context(base_url=live_site.url, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(TIMEOUT_MS)
    problems: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            problems.append(message.text)

    context.on("console", listen)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert not problems, "\n".join(problems)


def sign_in(page: Page, user: User, *, password: str = PASSWORD) -> None:
    """Sign in through the form."""
    page.goto("/auth/login")
    form = page.locator("form", has=page.locator("[name=password]"))
    form.locator("[name=email]").fill(user.email or "")
    form.locator("[name=password]").fill(password)
    form.locator("button, [type=submit]").first.click()
    page.wait_for_url(lambda url: "/auth/login" not in url)


def assert_accessible(page: Page) -> None:
    """Fail with what axe finds against WCAG 2.2 AA and its own good practice."""
    page.wait_for_load_state("networkidle")
    # Without the elements of every rule that is kept, which are megabytes for a large page.
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": WCAG},
        "resultTypes": ["violations"],
    }
    results = Axe().run(page, options=options)
    lines = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert not lines, f"{page.url}:\n" + "\n".join(lines)
