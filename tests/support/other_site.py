"""A second site beside that of the test, for moving from one to the other."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.databases import Database, empty_content


@pytest.fixture
def other_site(database: Database, make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Flask]:
    """A site that is empty except for its first administrator."""
    content = empty_content(database.kind, tmp_path, f"masthead_other_{os.getpid()}")
    app = make_app(DATABASE_URL=content.url, MEDIA_URL=str(tmp_path / "other-media"))
    run(app, "init-db")
    account = ("olga", "olga@example.org", "--role", "administrator")
    run(app, "user", "create", *account, typed="a long pass phrase\n" * 2)
    yield app
    content.close()


def run(app: Flask, *arguments: Any, typed: str | None = None) -> str:
    """Run a command that must succeed; its output."""
    result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments], input=typed)
    assert result.exit_code == 0, result.output
    return result.output
