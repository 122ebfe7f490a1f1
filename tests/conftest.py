"""What every test has at hand; `docs/testing.md` shows how to use it."""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.support")

from tests.support import coverage_probes  # noqa: E402 (after their assertions are rewritten)

if coverage_probes.is_wanted():
    # Before anything imports Masthead.
    coverage_probes.install()

from tests import factories  # noqa: E402 (after their assertions are rewritten)
from tests.support import keeper  # noqa: E402 (after their assertions are rewritten)
from tests.support.commands import without_settings  # noqa: E402 (after their assertions are rewritten)

pytest_plugins = [
    "tests.support.accounts",
    "tests.support.broken_servers",
    "tests.support.brokers",
    "tests.support.browsers",
    "tests.support.buckets",
    "tests.support.collectors",
    "tests.support.commands",
    "tests.support.compose",
    "tests.support.costs",
    "tests.support.databases",
    "tests.support.live",
    "tests.support.mailbox",
    "tests.support.network_guard",
    "tests.support.nu_checker",
    "tests.support.other_site",
    "tests.support.own_postgres",
    "tests.support.parallel",
    "tests.support.people",
    "tests.support.processes",
    "tests.support.queries",
    "tests.support.reverse_proxy",
    "tests.support.sinks",
    "tests.support.value_lists",
    "tests.support.visitors",
]

#: New objects between two collections: a request of a test leaves a few thousand behind.
GARBAGE_OBJECTS = 20_000


def pytest_configure(config: pytest.Config) -> None:
    """Open the run, and keep the settings of whoever runs the tests out of them."""
    for name in os.environ.keys() - without_settings(os.environ).keys():
        del os.environ[name]
    if not _is_worker(config):
        keeper.open_run()
    # The processes of pytest-xdist have probes themselves.
    if coverage_probes.is_wanted() and (_is_worker(config) or config.getoption("dist", "no") == "no"):
        coverage_probes.measure_processes()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers of the run."""
    if not _is_worker(config):
        with suppress(KeyError):
            keeper.close_run()
    if coverage_probes.is_wanted():
        coverage_probes.save()


def pytest_collection_finish() -> None:
    """Leave what stays for the whole run (modules, tests) out of every garbage collection, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS, 20, 50)


def _is_worker(config: pytest.Config) -> bool:
    """Whether this is a process that pytest-xdist has started for a part of the tests."""
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session", autouse=True)
def working_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run in an empty folder: a developer's `.env` is not part of any test."""
    before = Path.cwd()
    folder = tmp_path_factory.mktemp("cwd")
    os.chdir(folder)
    yield folder
    os.chdir(before)


@pytest.fixture(autouse=True)
def _empty_working_directory(working_directory: Path) -> Iterator[None]:
    """Fail a test that leaves files in the working directory, which all tests of the process share."""
    yield
    left = list(working_directory.iterdir())
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    assert not left, f"The test has left files in the working directory: {left}."


@pytest.fixture(autouse=True)
def _fresh_sequences() -> None:
    """Number what the factories make from zero in each test, so that a test is the same alone and after others."""
    for made in (factories.UserFactory, factories.TagFactory, factories.PostFactory, factories.PageFactory):
        made.reset_sequence(0)
    factories.CommentFactory.reset_sequence(0)
