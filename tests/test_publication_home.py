"""Commands name the home that they work on, and make none by accident."""

import os
import subprocess
import sys

import pytest

from masthead import publication_home
from masthead.operation.schema import newest_revision
from tests.support.commands import environment


@pytest.fixture
def type_in(tmp_path):
    """Type a command in a folder, with no home in the environment."""

    def run(*arguments, folder=tmp_path, **settings):
        variables = environment(tmp_path, settings)
        variables.pop("MASTHEAD_HOME")
        return subprocess.run(
            [sys.executable, "-m", "masthead", *arguments],
            cwd=folder,
            env=variables | {name: str(value) for name, value in settings.items()},
            capture_output=True,
            encoding="utf-8",
            timeout=110,
        )

    return run


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "user list",
        "db current",
        "db history",
        "seed-db",
        "jobs list",
        "backup x.tar",
        "worker",
        "serve",
        "shell",
    ],
)
def test_a_command_in_a_folder_without_a_publication_leaves_nothing_there(type_in, tmp_path, command):
    result = type_in(*command.split())
    assert result.returncode == 1
    assert str(tmp_path / "instance") in result.stderr
    assert "MASTHEAD_HOME" in result.stderr
    assert "masthead db upgrade" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", ["--help", "--version", "user --help", "db upgrade --help", "serve --help"]
)
def test_help_is_for_everywhere_and_leaves_nothing(type_in, tmp_path, command):
    result = type_in(*command.split())
    assert result.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_is_named_and_not_there_is_told(type_in, tmp_path):
    result = type_in("user", "list", MASTHEAD_HOME=tmp_path / "nowhere")
    assert result.returncode == 1
    assert str(tmp_path / "nowhere") in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_publication_begins_with_its_tables_and_each_command_names_it(type_in, tmp_path):
    begun = type_in("db", "upgrade")
    home = tmp_path / "instance"
    assert begun.returncode == 0
    assert str(home / "masthead.sqlite3") in begun.stdout
    assert (home / "secrets" / "SECRET_KEY").exists()
    listed = type_in("user", "list")
    assert listed.returncode == 0
    assert listed.stderr.startswith(f"Home: {home}\n")
    # Who names the home knows it.
    assert type_in("user", "list", MASTHEAD_HOME=home).stderr == ""


def test_version_names_the_revision_of_the_tables(type_in):
    version = type_in("--version").stdout
    assert version.startswith("masthead ")
    assert version.strip().endswith(f"(tables {newest_revision()})")


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can become another account.")
def test_a_home_of_another_account_is_told_with_what_to_type(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    program = (
        "import os, sys; from masthead import config; os.setuid(65534)\n"
        "try: config.load()\n"
        "except config.ConfigurationError as error: print(error)"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder != folder.parent and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o711)
    home.chmod(0o700)
    result = subprocess.run(
        [sys.executable, "-c", program], cwd="/", env=environment(home, {}), capture_output=True, text=True
    )
    assert "Permission denied" in result.stdout
    assert "belongs to root" in result.stdout
    assert "runs as nobody" in result.stdout
    assert f"chown -R nobody {home}" in result.stdout


def test_whose_a_missing_file_would_be_is_told_by_its_folder(tmp_path):
    sentence = publication_home.why_denied(tmp_path / "a" / "b", "Permission denied")
    assert f"chown -R {publication_home._account(os.geteuid())} {tmp_path}" in sentence
