"""Export, import into an empty publication, export again: the bytes are the same, also on the other database."""

import json
import zipfile

import pytest
from sqlalchemy import func, select

from masthead.archive import tables
from masthead.db import Base, db
from masthead.media.models import MediaUsage
from masthead.posts.models import Post
from tests.archive.conftest import assert_equal, run


def fields_in(path):
    """The names of the fields in each member of an archive."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name)
            if name.endswith(".md"):
                head = text.decode().split("---\n", 2)[1]
                found.setdefault(f"{name.split('/')[0]}/", {"body"}).update(
                    line.split(": ")[0] for line in head.splitlines()
                )
            elif name.endswith(".jsonl"):
                for line in text.decode().split("\n")[:-1]:
                    found.setdefault(name, set()).update(json.loads(line))
            elif name in {"roles.json", "tags.json"}:
                found[name] = {key for one in json.loads(text) for key in one}
    return found


def test_the_archive_comes_back_byte_by_byte_from_the_other_database(app, publication, empty_site, tmp_path):
    first, second, third = (tmp_path / f"{name}.zip" for name in ("first", "second", "third"))
    printed = run(app, "export", "archive", first, "--with-passwords")
    assert "Delete it once it is imported" in printed
    assert first.stat().st_mode & 0o777 == 0o600
    # Every field that the format has occurs in it, so nothing is compared in vain.
    written = fields_in(first)
    for table in tables.TABLES:
        if table is tables.CLOSURES:
            continue
        assert table.fields - written[table.member] == set(), table.member
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    dry = run(empty_site, "import", "archive", first, "--dry-run")
    assert "nothing was written" in dry
    with empty_site.app_context():
        assert db.session.scalar(select(func.count(Post.id))) == 0
    report = tmp_path / "report.json"
    run(empty_site, "import", "archive", first, "--report", report)
    totals = json.loads(report.read_text())["totals"]
    assert (totals["imported"], totals["files"], totals["failed"]) == (8, 8, 0)
    # No file that something shows is listed as unused.
    with empty_site.app_context():
        assert set(db.session.scalars(select(MediaUsage.kind))) == {
            "embed", "post", "post_template", "profile", "publication", "revision", "snippet",
        }  # fmt: skip
    run(empty_site, "export", "archive", second, "--with-passwords")
    assert_equal(first, second)
    # A second import changes nothing.
    assert "0 changes" in run(empty_site, "import", "archive", first, "--report", report)
    assert json.loads(report.read_text())["totals"]["unchanged"] == 8
    run(empty_site, "export", "archive", third, "--with-passwords")
    assert_equal(first, third)


@pytest.mark.databases("sqlite")
def test_hashes_of_passwords_come_only_if_asked(app, publication, tmp_path):
    run(app, "export", "archive", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        accounts = archive.read("accounts.jsonl").decode()
    assert "argon2" not in accounts
    assert "walt@example.org" in accounts


def test_every_column_is_in_the_archive_or_has_a_reason():
    archived = {table.model.__table__.name for table in tables.TABLES}
    assert archived | tables.WITHIN.keys() | tables.LEFT_OUT.keys() == set(Base.metadata.tables)
    assert not archived & tables.LEFT_OUT.keys()
    assert not tables.WITHIN.keys() & tables.LEFT_OUT.keys()
    for table in tables.TABLES:
        names = {column.name for column in table.model.__table__.columns}
        assert table.references.keys() <= names, table.member
        assert table.derived.keys() <= names, table.member
        foreign = {column.name for column in table.columns if column.foreign_keys}
        assert foreign == set(), f"{table.member}: {foreign} hold ids of one database; name the rows instead."
