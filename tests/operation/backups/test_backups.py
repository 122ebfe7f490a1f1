"""A backup taken while the site is written to, and the site that comes back from it."""

import io
import json
import os
import signal
import stat
import subprocess
import sys
import tarfile
import threading

import pytest
from sqlalchemy import select

from masthead import audit
from masthead.db import Base, db
from masthead.operation.backups import archive, cleanup
from masthead.storage import store
from tests.factories import BylineFactory, CommentFactory, PageFactory, PostFactory
from tests.support.commands import ROOT
from tests.support.databases import empty_content


@pytest.fixture
def site(app, cast):
    """A publication with something in every corner."""
    post = PostFactory(
        author=cast.walt, title="Rivers", tags=["Nature"], bylines=[cast.walt, BylineFactory()]
    )
    CommentFactory(post=post, author=cast.rhea)
    PageFactory(by=cast.edith)
    with app.app_context():
        audit.record("settings.changed", by=None)
        db.session.commit()
        for number in range(3):
            store.current().put(f"{number:02}/picture-{number}.webp", os.urandom(1_000))
    home = app.config["MASTHEAD_HOME"]
    (home / "config.env").write_text("REGISTRATION=closed\n")
    (home / "secrets").mkdir(mode=0o700, exist_ok=True)
    (home / "secrets/SECRET_KEY").write_text("s" * 64)
    yield app
    (home / "config.env").unlink()
    # Not the folder: applications that other tests make here share the other key in it.
    (home / "secrets/SECRET_KEY").unlink()


@pytest.fixture
def new_home(database, make_app, tmp_path):
    """An application with an empty home and an empty database."""
    content = empty_content(database.kind, tmp_path / "elsewhere", f"masthead_restored_{os.getpid()}")
    yield make_app(
        DATABASE_URL=content.url, MASTHEAD_HOME=str(tmp_path / "new"), MEDIA_URL=str(tmp_path / "new/media")
    )
    content.close()


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments], prog_name="masthead")


def rows(app):
    with app.app_context():
        return {
            table.name: sorted(map(repr, db.session.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


def files(app):
    with app.app_context():
        return {key: store.current().get(key) for key in store.current().keys()}  # noqa: SIM118 (not a dict)


def test_what_was_saved_comes_back_row_by_row_and_file_by_file(site, new_home, tmp_path):
    before = rows(site), files(site)
    result = run(site, "backup", tmp_path / "site.tar.gz")
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE((tmp_path / "site.tar.gz").stat().st_mode) == 0o600
    result = run(new_home, "restore", tmp_path / "site.tar.gz")
    assert result.exit_code == 0, result.output
    assert (rows(new_home), files(new_home)) == before
    home = new_home.config["MASTHEAD_HOME"]
    for name in ("secrets/SECRET_KEY", "config.env"):
        assert (home / name).read_text() == (site.config["MASTHEAD_HOME"] / name).read_text()
    assert stat.S_IMODE((home / "secrets/SECRET_KEY").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_the_site_that_came_back_works(site, new_home, new_client, sign_in, cast, tmp_path):
    run(site, "backup", tmp_path / "site.tar")
    run(new_home, "restore", tmp_path / "site.tar")
    visitor = new_client(new_home)
    assert visitor.get("/blog/post/rivers").status_code == 200
    assert visitor.get("/search?q=rivers").text.count("<mark>") >= 1
    sign_in(visitor, cast.walt)
    response = visitor.fill_in("/blog/create", title="After the flood", body="Dry.", button="publish")
    assert response.status_code == 303


def test_a_backup_is_one_moment_while_others_write(site, new_home, cast, tmp_path):
    """Each post is written together with its revision and its address: a backup has all three or none."""
    ended = threading.Event()

    def write():
        while not ended.is_set():
            PostFactory(author=cast.walt, title="Written meanwhile")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        results = [run(site, "backup", tmp_path / f"{number}.tar") for number in range(3)]
    finally:
        ended.set()
        writer.join()
    assert [result.exit_code for result in results] == [0, 0, 0]
    assert run(new_home, "restore", tmp_path / "2.tar").exit_code == 0
    found = rows(new_home)
    assert len(found["post"]) == len(found["revision"]) == len(found["search_document"])
    assert len(found["post"]) == len(found["post_slug"])


def test_a_backup_replaces_nothing(site, tmp_path):
    (tmp_path / "site.tar").write_text("years of writing")
    result = run(site, "backup", tmp_path / "site.tar")
    assert (result.exit_code, "exists already" in result.output) == (1, True)
    assert (tmp_path / "site.tar").read_text() == "years of writing"


def test_a_site_is_not_restored_over_another(site, tmp_path):
    run(site, "backup", tmp_path / "site.tar")
    result = run(site, "restore", tmp_path / "site.tar")
    assert (result.exit_code, "There is a site here already" in result.output) == (1, True)


def test_no_folder_no_backup(site, tmp_path):
    assert "There is no folder" in run(site, "backup", tmp_path / "none" / "site.tar").output


@pytest.mark.parametrize(
    "damage", ["cut", "flipped", "no manifest", "no archive", "member added", "climbing", "link"]
)
def test_a_damaged_backup_is_refused_and_nothing_is_restored(site, new_home, tmp_path, damage):
    path, broken = tmp_path / "site.tar", tmp_path / "broken.tar"
    run(site, "backup", path)
    content = path.read_bytes()
    if damage == "cut":
        broken.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        with tarfile.open(path) as tar:
            place = tar.getmember("media/01/picture-1.webp").offset_data
        broken.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif damage == "no archive":
        broken.write_text("This is a letter to my aunt.")
    else:
        with tarfile.open(path) as old, tarfile.open(broken, "w") as new:
            for member in old:
                if damage != "no manifest" or member.name != "manifest.json":
                    new.addfile(member, old.extractfile(member))
            if damage == "climbing":
                new.addfile(tarfile.TarInfo("media/../../../escaped"))
            elif damage == "member added":
                new.addfile(tarfile.TarInfo("media/00/more.webp"))
            elif damage == "link":
                link = tarfile.TarInfo("media/00/link")
                link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
                new.addfile(link)
    result = run(new_home, "restore", broken)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "Traceback" not in result.output
    assert files(new_home) == {}
    assert run(new_home, "restore", path).exit_code == 0


def test_the_manifest_tells_what_is_inside(site, tmp_path):
    run(site, "backup", tmp_path / "site.tar")
    with tarfile.open(tmp_path / "site.tar") as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))
    assert names[-1] == "manifest.json"
    assert sorted(manifest["files"]) == sorted(names[:-1])
    assert {"secrets/SECRET_KEY", "config.env", "media/00/picture-0.webp"} <= manifest["files"].keys()


@pytest.mark.databases("sqlite")
def test_a_backup_of_the_other_database_is_refused(site, new_home, tmp_path):
    run(site, "backup", tmp_path / "site.tar")
    with tarfile.open(tmp_path / "site.tar") as old, tarfile.open(tmp_path / "other.tar", "w") as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name == "manifest.json":
                content = content.replace(b'"SQLite"', b'"PostgreSQL"')
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    result = run(new_home, "restore", tmp_path / "other.tar")
    assert "backup of PostgreSQL" in result.output


def test_backup_to_standard_output_is_a_whole_archive(site, new_home, tmp_path):
    result = site.test_cli_runner().invoke(args=["backup", "-"], prog_name="masthead")
    assert result.exit_code == 0, result.output
    assert "secrets" in result.stderr
    (tmp_path / "piped.tar.gz").write_bytes(result.stdout_bytes)
    assert run(new_home, "restore", tmp_path / "piped.tar.gz").exit_code == 0
    assert rows(new_home) == rows(site)


@pytest.mark.parametrize("target", ["whole.tar", "-"])
def test_a_killed_backup_leaves_nothing_to_the_next_one(site, tmp_path, target):
    folder = site.config["MASTHEAD_HOME"] if target == "-" else tmp_path
    # As `kill -9` leaves it: the lock has ended with its process.
    left = folder / ".masthead-killed"
    left.mkdir()
    (left / cleanup.LOCK).touch()
    (left / archive.DRAFT).write_bytes(b"half")
    assert run(site, "backup", "-" if target == "-" else tmp_path / target).exit_code == 0
    assert list(folder.glob(".masthead-*")) == []


def test_a_backup_at_work_keeps_its_folder(tmp_path):
    with cleanup.workspace(tmp_path) as folder:
        cleanup.remove(tmp_path)
        assert folder.is_dir()
        fresh = tmp_path / ".masthead-begins"
        fresh.mkdir()
        cleanup.remove(tmp_path)
        assert fresh.is_dir()
        os.utime(fresh, (0, 0))
        cleanup.remove(tmp_path)
        assert not fresh.exists()


@pytest.mark.databases("sqlite")
def test_a_backup_that_is_told_to_end_removes_what_it_has_begun(masthead, tmp_path, start_process):
    program = (
        "import signal, sys, time; from pathlib import Path; from masthead.operation.backups import cleanup\n"
        "with cleanup.workspace(Path(sys.argv[1])): print('at work', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "at work\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == cleanup.ENDED_BY_SIGNAL + signal.SIGTERM
    process.stdout.close()
    assert list(tmp_path.glob(".masthead-*")) == []
