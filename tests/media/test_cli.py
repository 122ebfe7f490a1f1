"""The command `masthead media`: brings files in, lists, checks and rebuilds."""

import pytest

from masthead.storage import store as storage
from masthead.storage.errors import StoreUnavailable
from tests.media.pictures import picture

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["media", *arguments])


def test_files_are_brought_in_listed_checked_and_rebuilt(app, cast, run, tmp_path):
    good, bad = tmp_path / "ferry.png", tmp_path / "page.jpg"
    good.write_bytes(picture("PNG", (700, 500)))
    bad.write_text("<html>")
    result = run("add", str(good), str(bad), "--alt", "A ferry", "--user", "walt")
    assert result.exit_code == 1
    assert "1 of 2 files were not brought in." in result.output
    assert "This is no file of a kind that is accepted." in result.output
    (line,) = (line for line in result.output.splitlines() if line.startswith("/media/"))
    address = line.split()[0]
    assert "was there already" in run("add", str(good)).output
    assert run("add", str(tmp_path / "missing.png")).exit_code == 1
    assert run("add", str(good), "--user", "nobody").exit_code == 1

    listed = run("list", "--unused", "--search", "ferry").output
    assert address in listed
    assert "processing" in listed
    assert run("list", "--kind", "audio").output == ""
    rebuilt = run("rebuild")
    assert (rebuilt.exit_code, "of 1 pictures" in rebuilt.output) == (0, True), rebuilt.output
    assert "ready" in run("list").output

    with app.app_context():
        files = storage.current()
        for key in set(files.keys()) - _keys_of(files, address):
            files.delete(key)
        checked = run("check")
        # The picture, the one of its card, and AVIF, WebP and PNG in two widths.
        assert checked.exit_code == 0, checked.output
        assert "8 files" in checked.output
        variant = next(key for key in files.keys() if key.endswith(".avif"))  # noqa: SIM118
        files.delete(variant)
        path = address.removeprefix("/media/")
        content = files.get(path)
        files.put(path, bytes([content[0] ^ 1]) + content[1:])
        files.put("aa/stray.png", b"x")
        checked = run("check")
        assert checked.exit_code == 1
        for line in (f"missing: {variant}", f"damaged: {path}", "not referred to: aa/stray.png"):
            assert line in checked.output
        assert f"damaged: {path}" not in run("check", "--quick").output
        run("check", "--delete")
        assert not files.exists("aa/stray.png")
        files.put(path, content)
        assert run("rebuild").exit_code == 0
        assert run("check").exit_code == 0


def _keys_of(files, address):
    stem = address.removeprefix("/media/").rpartition(".")[0]
    return {key for key in files.keys() if key.startswith(stem)}  # noqa: SIM118


def test_a_store_that_is_away_ends_a_command_with_a_sentence(run, tmp_path, monkeypatch):
    (tmp_path / "ferry.png").write_bytes(picture("PNG", (70, 50)))

    def fail(*_arguments):
        raise StoreUnavailable("Generic S3 error: 500. Debug source: Generic { … }")

    for name in ("put_file", "size", "keys", "get_file"):
        monkeypatch.setattr(storage.FolderStore, name, fail)
    for command in (("add", str(tmp_path / "ferry.png")), ("check",)):
        result = run(*command)
        assert (result.exit_code, "Debug source" in result.output) == (1, False)
        assert "Look at MEDIA_URL" in result.output
