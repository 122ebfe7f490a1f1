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
    for tool in (
        "ruff check .",
        "ruff format --check .",
        "mypy",
        "lint-imports",
        "python scripts/check_subjects.py",
    ):
        assert any(line.endswith(f"/{tool}") for line in commands.splitlines()), tool
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert settings["mypy"]["strict"] is True
    assert "masthead" in settings["mypy"]["files"]


def test_the_floor_of_coverage_is_part_of_the_check(commands):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]
    assert (settings["run"]["branch"], settings["report"]["fail_under"] >= 95) == (True, True)
    assert "env TEST_COVERAGE=1 .venv/bin/python -m pytest" in commands
    combine, whole_report = "-m coverage combine", "-m coverage html"
    assert commands.index("-m pytest") < commands.index(combine) < commands.index(whole_report)


def test_what_guards_the_site_must_be_covered_whole(commands):
    whole, nearly = (line for line in commands.splitlines() if "coverage report" in line)
    assert "--fail-under=100" in whole
    # Its threads and forks end in other lines each time.
    assert "--fail-under=98" in nearly
    for line, path in (
        (whole, "people/permissions.py"),
        (whole, "people/authorization.py"),
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
    assert run("html", "--fail-under=95") == 2


def run_part(folder, *arguments):
    command = [sys.executable, str(ROOT / "scripts/part.py"), *arguments]
    environment = {"CHECK_TIMES": str(folder / "times")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


def test_the_check_says_how_long_each_part_took(tmp_path, commands):
    passes, fails = ([sys.executable, "-c", f"raise SystemExit({code})"] for code in (0, 3))
    outcomes = [
        run_part(tmp_path, *arguments).returncode
        for arguments in (("lint", *passes), ("lint", *passes), ("types", *fails))
    ]
    assert outcomes == [0, 0, 3]
    lines = [line.split() for line in run_part(tmp_path).stdout.splitlines()]
    assert [line[0] for line in lines] == ["lint", "types", "together"]
    assert "failed" in lines[1]
    parts = {
        line.partition("scripts/part.py")[2].split()[0]
        for line in commands.splitlines()
        if "scripts/part.py " in line
    }
    assert parts >= {"lint", "types", "layers", "tests", "coverage"}


def test_the_ten_slowest_tests_are_named(commands):
    assert "--durations=10" in commands
