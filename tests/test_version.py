"""The number of a release is the same in the package, in the program and in the list of changes."""

import re
import tomllib

from masthead import __version__
from tests.support.commands import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_package_and_program_have_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_changes_of_the_release_are_listed_in_groups():
    section = re.search(
        rf"^## {re.escape(__version__)} - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)",
        CHANGELOG,
        re.MULTILINE | re.DOTALL,
    )
    assert section is not None
    groups = re.findall(r"^### (\w+)", section[1], re.MULTILINE)
    assert groups[:3] == ["Added", "Changed", "Fixed"]


def test_what_comes_next_has_a_place():
    assert CHANGELOG.index("## Unreleased\n") < CHANGELOG.index(f"## {__version__}")
