"""`masthead install --systemd`, as far as a machine without systemd can show."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from masthead.operation import installing, systemd_units
from masthead.operation.systemd_units import UnitPaths
from tests.support.commands import ROOT

ACCOUNT = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture
def install(tmp_path):
    def run(*options):
        command = [Path(sys.executable).with_name("masthead"), "install", "--systemd", *map(str, options)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=110)

    return run


@pytest.mark.parametrize("name", sorted(systemd_units.UNITS))
def test_units_of_the_repository_are_those_that_are_written(name):
    places = UnitPaths(
        Path("/srv/masthead/.venv/bin/masthead"), systemd_units.DEFAULT_HOME, systemd_units.DEFAULT_ACCOUNT
    )
    assert (ROOT / "deploy" / "systemd" / name).read_text() == systemd_units.unit(name, places)


def test_dry_run_shows_each_step_and_does_nothing(install, tmp_path):
    result = install("--dry-run", "--home", tmp_path / "home", "--account", "no-such-account", "--broker")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    steps = [line.split()[1] for line in lines if line.startswith("$ ")]
    assert steps == ["useradd", "install", "runuser", "systemctl", "systemctl"]
    assert f"Environment=MASTHEAD_HOME={tmp_path / 'home'} PYTHONUNBUFFERED=1" in lines
    assert f"ReadWritePaths={tmp_path / 'home'}" in lines
    assert {line.split("/")[-1] for line in lines if line.startswith("# /etc/systemd")} == set(
        systemd_units.UNITS
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can install.")
@pytest.mark.skipif(installing.RUNNING.is_dir(), reason="Systemd runs here.")
def test_install_makes_home_tables_and_units_and_may_be_repeated(install, tmp_path):
    options = ("--home", tmp_path / "home", "--account", ACCOUNT, "--units", tmp_path / "units")
    for _ in range(2):
        result = install(*options)
        assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "home" / "masthead.sqlite3").exists()
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    text = (tmp_path / "units" / "masthead.service").read_text()
    assert f"ExecStart={Path(sys.executable).with_name('masthead')} serve\n" in text
    assert "systemctl enable --now masthead.service" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "units"]


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can install.")
def test_a_program_that_the_account_cannot_run_is_told(tmp_path, monkeypatch):
    program = tmp_path / "masthead"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o000)
    with pytest.raises(Exception, match=r"cannot run .*masthead: .+/srv/masthead"):
        installing._try_program(UnitPaths(program, tmp_path, ACCOUNT))


def test_somebody_who_is_not_root_is_told_so(tmp_path, monkeypatch, app):
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)
    result = app.test_cli_runner().invoke(args=["install", "--systemd", "--units", str(tmp_path / "units")])
    assert result.exit_code == 1
    assert "sudo" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_program_below_home_stays_readable():
    text = systemd_units.unit(
        "masthead.service", UnitPaths(systemd_units.HOMES / "ada/bin/masthead", Path("/srv/x"), "ada")
    )
    assert "ProtectHome=read-only\n" in text
