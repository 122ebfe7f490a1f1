"""New migrations are numbered as the others are."""

import shutil

import pytest
from sqlalchemy import Column, Integer, Table

from masthead.db import Base
from masthead.operation.schema import MIGRATIONS, newest_revision


@pytest.fixture
def folder(tmp_path):
    """A copy of the migrations."""
    return shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def new_table():
    """A table that no migration makes yet."""
    table = Table("shelf", Base.metadata, Column("id", Integer, primary_key=True))
    yield table
    Base.metadata.remove(table)


def written(folder):
    """The files that the folder has more than the original."""
    (path,) = set(folder.glob("versions/*.py")) - {folder / "versions" / one.name for one in original()}
    return path


def original():
    return list((MIGRATIONS / "versions").glob("*.py"))


def test_migrate_writes_the_next_number(app, invoke, folder, new_table):
    result = invoke("db", "migrate", "-m", "Shelves of people.", "-d", str(folder))
    assert result.returncode == 0, result.stderr
    newest, path = newest_revision(), written(folder)
    number = f"{int(newest) + 1:04}"
    assert path.name == f"{number}_shelves_of_people.py"
    text = path.read_text()
    assert text.startswith('"""Shelves of people."""')
    assert f"revision = {number!r}\ndown_revision = {newest!r}" in text
    assert "op.create_table('shelf'" in text


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("more", "name"), [((), "change_the_tables"), (("-m", "Words. " * 20), "words_" * 10)]
)
def test_revision_writes_the_next_number(app, invoke, folder, more, name):
    assert invoke("db", "revision", "-d", str(folder), *more).returncode == 0
    assert written(folder).stem == f"{int(newest_revision()) + 1:04}_{name}"


@pytest.mark.databases("sqlite")
def test_a_revision_that_the_caller_names_stays(app, invoke, folder):
    assert invoke("db", "revision", "-d", str(folder), "--rev-id", "0500", "-m", "Later").returncode == 0
    assert written(folder).name == "0500_later.py"


@pytest.mark.databases("sqlite")
def test_a_change_of_nothing_writes_nothing(app, invoke, folder):
    result = invoke("db", "migrate", "-m", "Nothing", "-d", str(folder))
    assert (result.returncode, "nothing is written" in result.stdout) == (0, True)
    assert len(list(folder.glob("versions/*.py"))) == len(original())
