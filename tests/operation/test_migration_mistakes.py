"""What `masthead db` says to revisions and folders that there are not."""

import pytest

pytestmark = pytest.mark.databases("sqlite")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("upgrade", "nonsense"), "Can't locate revision identified by 'nonsense'"),
        (("upgrade", ""), "Name a revision"),
        (("upgrade", "x" * 10_000), "Can't locate revision"),
        (("upgrade", "--", "-1"), "Relative revision"),
        (("upgrade", "head:base"), "Range revision not allowed"),
        (("upgrade", "a\nb"), "identified by 'a b'"),
        (("downgrade", "nonsense"), "Can't locate revision"),
        (("downgrade", ""), "Name a revision"),
        (("show", ""), "Name a revision"),
        (("show", "--", "-9999"), "There is no such revision"),
        (("stamp", ""), "Name a revision"),
        (("edit", "--", "-9999"), "There is no such revision"),
        (("merge",), "Name a revision"),
        (("merge", ""), "Name a revision"),
        (("history", "-r", "nonsense"), "History range requires"),
        (("init",), "already exists"),
        (("init", "-d", "{file}"), "Not a directory"),
        (("upgrade", "-d", "{file}"), "Can't find Python file"),
        (("upgrade", "-d", "{folder}"), "Can't find Python file"),
    ],
)
def test_a_mistake_ends_in_one_sentence_without_a_line_of_the_log(invoke, cast, tmp_path, arguments, words):
    file = tmp_path / "file"
    file.touch()
    result = invoke("db", *(part.format(file=file, folder=tmp_path) for part in arguments))
    assert result.returncode != 0
    lines = result.stderr.strip().splitlines()
    assert lines[-1].startswith("Error: ")
    assert words in lines[-1]
    assert len(lines[-1]) < 400
    # Nothing but click's two lines of help may stand before it.
    assert all(line == "" or line.startswith(("Usage:", "Try ")) for line in lines[:-1])


def test_the_command_ends_with_one_line_and_exit_code_1(masthead):
    result = masthead("db", "upgrade", "nonsense")
    assert result.returncode == 1
    assert result.stderr == "Error: Can't locate revision identified by 'nonsense'\n"
    assert result.stdout == ""
