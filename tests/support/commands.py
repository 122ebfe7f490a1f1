"""The command `masthead` as a person runs it: a process of its own, with a home of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask

from masthead.config import Config

ROOT = Path(__file__).resolve().parents[2]
COMMAND_SECONDS = 110


def environment(home: Path, settings: Mapping[str, object]) -> dict[str, str]:
    """The environment of a process that knows these settings and no others."""
    return without_settings(os.environ) | {
        "MASTHEAD_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        # If coverage is measured, a server's workers would leave it in their own folder.
        "COVERAGE_FILE": str(ROOT / ".coverage"),
        # A wide terminal without colours: a line stays a line.
        "COLUMNS": "200",
        "NO_COLOR": "1",
        **{name: str(value) for name, value in settings.items()},
    }


def without_settings(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that Masthead does not read."""
    ours = {"FLASK_CONFIG", *Config.model_fields, *(f"FLASK_{name}" for name in Config.model_fields)}
    return {name: value for name, value in variables.items() if name not in ours}


@pytest.fixture
def masthead(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run `masthead` with arguments and settings: `masthead("db", "upgrade", LOG_LEVEL="debug")`; its output and exit code."""

    def run(
        *arguments: str, typed: str | None = None, **settings: object
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "masthead", *arguments],
            cwd=tmp_path,
            env=environment(tmp_path, settings),
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=COMMAND_SECONDS,
        )

    return run


@pytest.fixture
def invoke(app: Flask) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run a command on the database of this test, in this process: `invoke("user", "list")`. A hundred times faster."""

    def run(*arguments: str, typed: str | None = None) -> "subprocess.CompletedProcess[str]":
        result = app.test_cli_runner().invoke(args=arguments, input=typed, prog_name="masthead")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)

    return run
