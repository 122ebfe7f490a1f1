"""The program of docs/archive.md reads archives, and its table names every member."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from masthead.archive.reading import TABLES
from tests.archive.conftest import run

DOCUMENT = (Path(__file__).parents[2] / "docs" / "archive.md").read_text(encoding="utf-8")


@pytest.mark.databases("sqlite")
def test_the_reader_of_the_documentation_reads_an_archive(app, publication, tmp_path):
    (program,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    assert program.count("\n") < 100
    reader, archive = tmp_path / "reader.py", tmp_path / "a.zip"
    reader.write_text(program, encoding="utf-8")
    run(app, "export", "archive", archive)
    read = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", reader, archive],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "Second (edith)" in read.stdout
    assert "  rhea: First & <b>bold</b>" in read.stdout
    assert "Buy" not in read.stdout


def test_the_documentation_names_every_member():
    assert [name for name in TABLES if f"`{name}`" not in DOCUMENT] == []
