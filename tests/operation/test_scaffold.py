"""`masthead dev new-feature`: what it writes passes every check, and what cannot work is refused before anything is written."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from masthead.operation.scaffold import cli, files, names, registration
from tests.support.commands import ROOT, environment

pytestmark = pytest.mark.databases("sqlite")

FOLDERS = ("masthead", "tests", "docs", "typings", "bench", "scripts")
FILES = ("pyproject.toml", ".importlinter", "ARCHITECTURE.md", "CHANGELOG.md")
NOT_COPIED = shutil.ignore_patterns("__pycache__", "screenshots", "images")
#: What the present run tells its processes is not for the run in the copy.
OF_THIS_RUN = ("PYTEST_", "TEST_COVERAGE", "COVERAGE_")
#: The tests of the house that ask something of each feature, beside its own.
ASKING = (
    *(
        f"tests/architecture/test_{name}.py"
        for name in ("features", "names", "parity", "routes", "shape", "transactions", "words")
    ),
    "tests/architecture/test_migrations.py::test_the_migrations_make_what_the_models_describe",
    "tests/architecture/test_migrations.py::test_the_migrations_have_one_end",
    "tests/api/test_document.py",
    "tests/api/test_documentation.py",
    "tests/api/test_list_queries.py::test_no_list_of_the_api_is_forgotten",
    "tests/api/test_personal_tokens.py::test_every_operation_has_a_scope_that_somebody_can_choose",
    "tests/api/test_sending_again.py::test_nothing_that_takes_a_key_is_forgotten",
    "tests/journeys/test_access.py::test_every_route_has_a_row_and_every_row_a_route",
)


class Checkout:
    """A copy of the source in which commands run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: str) -> str:
        """Run something in it that has to succeed, and return what it writes."""
        variables = environment(self.root / "home", {"PYTHONPATH": self.root})
        variables = {name: value for name, value in variables.items() if not name.startswith(OF_THIS_RUN)}
        finished = subprocess.run(
            command, cwd=self.root, env=variables, capture_output=True, encoding="utf-8"
        )
        assert finished.returncode == 0, finished.stdout[-8_000:] + finished.stderr[-4_000:]
        return finished.stdout

    def python(self, *arguments: str) -> str:
        """Run Python in it."""
        return self.run(sys.executable, *arguments)

    def texts(self) -> dict[Path, bytes]:
        """Every file of the source."""
        return {path: path.read_bytes() for path in self.root.rglob("*.py")}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkout")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, root / folder, ignore=NOT_COPIED)
    for file in FILES:
        shutil.copy2(ROOT / file, root / file)
    if (ROOT / ".mypy_cache").is_dir():
        # What mypy knows of the modules that stay as they are.
        shutil.copytree(ROOT / ".mypy_cache", root / ".mypy_cache")
    yield Checkout(root)
    shutil.rmtree(root)


@pytest.fixture
def in_checkout(checkout, monkeypatch):
    monkeypatch.setattr(cli, "ROOT", checkout.root)
    return checkout


@pytest.mark.slow
def test_a_new_feature_passes_every_check(checkout):
    said = checkout.python("-m", "masthead", "dev", "new-feature", "reading_lists")
    assert "masthead/reading_lists/feature.py" in said
    assert not (checkout.root / "home").exists()
    checkout.python("-m", "ruff", "check", "--no-cache", ".")
    checkout.python("-m", "ruff", "format", "--no-cache", "--check", ".")
    checkout.python("-m", "mypy", "masthead/reading_lists", "masthead/app.py")
    checkout.run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    tested = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not postgresql")
    assert "passed" in checkout.python(*tested, "tests/reading_lists", *ASKING)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Bookmarks",), "lower-case letters"),
        (("2fast",), "lower-case letters"),
        (("book-marks",), "lower-case letters"),
        (("book__marks",), "lower-case letters"),
        (("../marks",), "lower-case letters"),
        (("",), "lower-case letters"),
        (("b" * 25 + "s",), "at most 24"),
        (("posts",), "already"),
        (("suite",), "no way to see"),
        (("journeys",), "already"),
        (("media", "--singular", "medium"), "already"),
        (("classes",), "reserved"),
        (("lists",), "reserved"),
        (("forms",), "reserved"),
        (("helpers",), "reserved"),
        (("warnings",), "class Warning"),
        (("tag_services",), "pattern"),
        (("ranks",), "glossary"),
        (("people_met",), "no way to see"),
        (("bookmarks", "--singular", "bookmarks"), "must differ"),
        (("bookmarks", "--singular", "Book"), "lower-case letters"),
        (("revisions",), "table"),
        (("healths", "--singular", "review_note"), "table"),
        (("dashboards", "--singular", "dashboard"), "already"),
    ],
)
def test_a_name_that_cannot_work_is_refused_in_a_sentence(in_checkout, invoke, arguments, words):
    before = in_checkout.texts()
    result = invoke("dev", "new-feature", *arguments)
    assert result.returncode == 1
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert in_checkout.texts() == before


def test_an_installed_package_is_no_checkout(invoke, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    result = invoke("dev", "new-feature", "bookmarks")
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "only in a checkout" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_is_gone_stops_before_anything_is_written(in_checkout, invoke, monkeypatch):
    monkeypatch.setitem(registration.EDITS, "masthead/app.py", (("no such line", "x"),))
    before = in_checkout.texts()
    result = invoke("dev", "new-feature", "bookmarks")
    assert (result.returncode, "app.py has no place" in result.stderr) == (1, True)
    assert in_checkout.texts() == before


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("bookmarks", "bookmark"),
        ("reading_lists", "reading_list"),
        ("stories", "story"),
        ("boxes", "box"),
        ("addresses", "address"),
        ("ties", "tie"),
    ],
)
def test_the_singular_is_found(plural, singular):
    taken = names.Taken(tables=(), blueprints=(), paths=(), packages=(), replaced=())
    assert names.parse(plural, None, taken).singular == singular


def test_the_page_names_every_list_that_the_command_edits():
    page = (ROOT / "docs" / "adding-a-feature.md").read_text()
    assert [file for file in registration.EDITS if file not in page] == []


def test_the_files_that_the_page_names_exist():
    page = (ROOT / "docs" / "adding-a-feature.md").read_text()
    named = set(re.findall(r"`((?:masthead|tests|docs|scripts)/[\w/.]+\.py)`", page))
    rows = re.findall(r"\| `((?:\w+/)\w+\.py)`", page)
    assert len(named) > 8
    missing = [name for name in named if not (ROOT / name).exists()]
    assert missing + [name for name in rows if not (ROOT / "masthead" / name).exists()] == []


def test_every_placeholder_is_filled():
    feature = names.FeatureName("stories", "story")
    for path, text in files.rendered(feature, revision="0900", down_revision="0899").items():
        assert files.PLACEHOLDER.search(text) is None, path
