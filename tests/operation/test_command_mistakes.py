"""What people mistype on the command line: one sentence, an exit code, and nothing is written."""

import os

import pytest

pytestmark = pytest.mark.databases("sqlite")
LONG = "x" * 10_000


@pytest.fixture
def places(tmp_path):
    """A file, a folder, a folder with a text, a pipe; none of a device, which a mistake would replace."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.md").write_text("# A\n")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


def assert_refused(result):
    assert result.returncode in {1, 2}, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert lines, result.stdout
    assert all(line == "" or line.startswith(("Usage:", "Try ", "Error: ")) for line in lines)
    assert lines[-1].startswith("Error: ")


@pytest.mark.parametrize("place", ["", LONG, "file", "file/below", "pipe"])
@pytest.mark.parametrize(
    "command",
    [("import", "markdown"), ("export", "markdown"), ("backup",), ("restore",), ("media", "move")],
    ids=" ".join,
)
def test_a_path_that_cannot_be_meant_is_refused(invoke, cast, places, command, place):
    given = str(places / place) if place and place != LONG else place
    assert_refused(invoke(*command, given))
    assert (places / "file").read_text() == "x"
    assert (places / "pipe").is_fifo()


@pytest.mark.parametrize("place", ["", LONG, "texts", "file/below", "missing/below", "pipe"])
def test_a_report_that_cannot_be_written_is_refused_and_nothing_comes_in(invoke, cast, places, client, place):
    given = str(places / place) if place and place != LONG else place
    assert_refused(invoke("import", "markdown", str(places / "texts"), "--report", given, "--processes", "1"))
    # What stood there is what it was: as root, a rename would replace even a device.
    assert (places / "pipe").is_fifo()
    assert client.get("/blog/post/a").status_code == 404


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "markdown", "{texts}", "--source", "\udcff"),
        ("import", "markdown", "{texts}", "--author", LONG),
        ("import", "markdown", "{texts}", "--timezone", LONG),
        ("import", "markdown", "{texts}", "--old-url", LONG),
        ("import", "markdown", "{texts}", "--processes", "-1"),
        ("jobs", "cancel", "--", "-1"),
        ("jobs", "retry", LONG),
        ("jobs", "list", "--limit", "-1"),
        ("mail", "test", LONG),
        ("mail", "test", ""),
        ("check", "--only", ""),
        ("user", "disable", LONG),
        ("user", "set-role", "walt", ""),
        ("user", "invite", ""),
        ("user", "invite", "n@example.org", "--role", LONG),
        ("user", "require-factor", "\udcff"),
        ("cache", "nonsense"),
        ("nonsense",),
        ("",),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(invoke, cast, places, arguments):
    assert_refused(invoke(*(part.replace("{texts}", str(places / "texts")) for part in arguments)))


@pytest.mark.parametrize("host", [LONG, "\udcff", "nohost.invalid", "192.0.2.1"])
def test_a_host_that_cannot_be_listened_on_is_refused(masthead, host):
    result = masthead("serve", "--host", host, "--port", "8191")
    assert_refused(result)
    assert len(result.stderr) < 500
