import os
import shutil

import pytest

from masthead.importing.errors import SourceNotFound, Unreadable
from masthead.importing.markdown.folder import MAX_FILE_BYTES, FolderFile, RefusedPath, SourceFolder
from masthead.importing.reading.plain_text import printable
from tests.importing.conftest import written


def everything(_path):
    return True


def walked(path, descends_into=everything):
    return list(SourceFolder.open(path).walk(descends_into))


def test_files_come_in_a_stable_order_folder_by_folder(tmp_path):
    for name in ("b.md", "a.md", "z/1.md", "c/2.md", "c/d/3.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    paths = [found.path for found in walked(tmp_path)]
    assert paths == ["a.md", "b.md", "c/2.md", "c/d/3.md", "z/1.md"]


def test_folders_that_are_not_entered_are_not_looked_into(tmp_path):
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a.md").touch()
    assert walked(tmp_path, lambda path: path != "node_modules") == []


@pytest.mark.parametrize(
    ("target", "words"),
    [("/etc/passwd", "leads out"), ("../beside", "leads out"), ("inside.md", "read where it is")],
)
def test_symbolic_links_are_named_and_not_followed(tmp_path, target, words):
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "secret.md").write_text("secret")
    site = tmp_path / "site"
    site.mkdir()
    (site / "inside.md").touch()
    (site / "link.md").symlink_to(target)
    refused = [found for found in walked(site) if isinstance(found, RefusedPath)]
    assert [found.path for found in refused] == ["link.md"]
    assert words in refused[0].reason
    with pytest.raises(Unreadable):
        SourceFolder.open(site).read("link.md")


@pytest.mark.parametrize("path", ["../secret.md", "/etc/passwd", "linked/secret.md", "a/../../secret.md"])
def test_nothing_outside_is_read(tmp_path, path):
    (tmp_path / "secret.md").write_text("secret")
    site = tmp_path / "site"
    (site / "a").mkdir(parents=True)
    (site / "linked").symlink_to(tmp_path)
    folder = SourceFolder.open(site)
    assert not folder.has_file(path)
    with pytest.raises(Unreadable):
        folder.read(path)


def test_pipes_are_named_and_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    assert isinstance(walked(tmp_path)[0], RefusedPath)
    with pytest.raises(Unreadable, match="not a file"):
        SourceFolder.open(tmp_path).read("pipe.md")


def test_a_large_file_is_named_without_being_read(tmp_path):
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(Unreadable, match=r"too large: 50\.0 MB"):
        SourceFolder.open(tmp_path).read("large.md")
    with (tmp_path / "largest.md").open("wb") as file:
        file.truncate(MAX_FILE_BYTES)
    assert len(SourceFolder.open(tmp_path).read("largest.md")) == MAX_FILE_BYTES


def test_names_that_are_no_text_are_found_and_shown_escaped(tmp_path):
    for name in (b"two\nlines.md", b"\xff.md", b"back\\slash.md", "ünï.md".encode()):
        (tmp_path / os.fsdecode(name)).write_text("x")
    found = [item.path for item in walked(tmp_path)]
    assert sorted(map(printable, found)) == ["\\xff.md", "back\\\\slash.md", "two\\nlines.md", "ünï.md"]
    assert all(SourceFolder.open(tmp_path).read(path) == b"x" for path in found)
    assert all(isinstance(item, FolderFile) for item in walked(tmp_path))


@pytest.mark.parametrize("path", ["", "a\x00b", "x" * 5_000, "no.md", "."])
def test_odd_paths_hold_nothing(tmp_path, path):
    assert not SourceFolder.open(tmp_path).has_file(path)


def test_what_is_no_folder_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SourceNotFound, match="There is no folder"):
        SourceFolder.open(tmp_path / "nowhere")
    with pytest.raises(SourceNotFound, match="is a file"):
        SourceFolder.open(tmp_path / "file")


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, monkeypatch):
    folder = SourceFolder.open(written(tmp_path / "site", {"a/x.md": "x", "b/y.md": "y"}))
    shutil.rmtree(tmp_path / "site/b")
    (tmp_path / "site/c.md").write_text("z")
    walk = folder.walk(lambda path: True)
    assert next(walk).path == "c.md"
    shutil.rmtree(tmp_path / "site/a")
    assert [found.reason for found in walk] == ["This folder cannot be read: No such file or directory."]


@pytest.mark.parametrize("path", ["a\x00b", "", "x" * 5_000, "../x", "/etc/hostname"])
def test_what_no_path_can_be_is_not_there(tmp_path, path):
    folder = SourceFolder.open(tmp_path)
    assert (folder.has_file(path), folder.files_in(f"{path}/y" if "\x00" not in path else "none")) == (
        False,
        [],
    )
