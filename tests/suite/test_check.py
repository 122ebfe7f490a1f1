"""What `make check` runs, read from make itself without running it."""

import subprocess
import sys
import tomllib

import pytest

from tests.architecture.source import ROOT


@pytest.fixture(scope="module")
def commands() -> str:
    """The commands of `make check`, one a line."""
    result = subprocess.run(
        ["make", "--dry-run", "check", "TEST_ARGS="],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return result.stdout


def test_the_check_runs_linters_types_and_layers(commands):
    for tool in ("ruff check .", "ruff format --check .", "mypy", "lint-imports"):
        assert any(line.endswith(f"/{tool}") for line in commands.splitlines()), tool
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert settings["mypy"]["strict"] is True
    assert "masthead" in settings["mypy"]["files"]


def test_the_floor_of_coverage_is_part_of_the_check(commands):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]
    assert (settings["run"]["branch"], settings["report"]["fail_under"] >= 95) == (True, True)
    assert "pytest" in commands
    assert "--cov" in commands


def test_what_guards_the_site_must_be_covered_whole(commands):
    whole, nearly = (line for line in commands.splitlines() if "coverage report" in line)
    assert "--fail-under=100" in whole
    # Its threads and forks end in other lines each time.
    assert "--fail-under=98" in nearly
    for line, path in (
        (whole, "accounts/permissions.py"),
        (whole, "text/sanitise.py"),
        (whole, "outbound/*"),
        (nearly, "pagecache/*"),
    ):
        assert f"masthead/{path}" in line
        assert list((ROOT / "masthead").glob(path))


def test_a_branch_that_is_not_covered_fails_the_check(tmp_path):
    (tmp_path / "guard.py").write_text("import sys\nif len(sys.argv) > 5:\n    print()\n", encoding="utf-8")

    def run(*arguments: str) -> int:
        command = [sys.executable, "-m", "coverage", *arguments]
        return subprocess.run(command, cwd=tmp_path, env={"COVERAGE_FILE": str(tmp_path / "data")}).returncode

    assert run("run", "--branch", "guard.py") == 0
    assert run("report", "--include=guard.py", "--fail-under=100") == 2
