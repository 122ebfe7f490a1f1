"""Damaged and hostile archives are refused with a sentence before anything is written."""

import hashlib
import io
import json
import shutil
import stat
import zipfile

import pytest
from sqlalchemy import delete, func, select

from masthead.archive import restore, restore_texts
from masthead.archive.errors import BadArchive
from masthead.clock import now
from masthead.db import db
from masthead.people.models import AccountClosure, User
from masthead.posts.models import Post, Revision
from tests.archive.conftest import assert_equal, run

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def archive(app, publication, tmp_path):
    """An archive of the publication."""
    path = tmp_path / "a.zip"
    run(app, "export", "archive", path)
    return path


def rewritten(path, change=None, *, hashes=True, extra=(), without=(), manifest=None):
    """Write the archive again with other members; the manifest follows, unless ``hashes`` is false."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    head = json.loads(members.pop("manifest.json"))
    for name, old_text, new_text in change or ():
        assert old_text.encode() in members[name], (name, old_text)
        members[name] = members[name].replace(old_text.encode(), new_text.encode(), 1)
    for name in without:
        del members[name]
    if hashes:
        head["members"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in members.items()
        }
    head |= manifest or {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)
        for entry, data in extra:
            new.writestr(entry, data)
        new.writestr("manifest.json", json.dumps(head))
    return path


def refusal(path):
    """The sentence with which an archive is refused."""
    with pytest.raises(BadArchive) as caught, restore.opened_run(path, at=now(), tell=print):
        pass
    return caught.value.message


def link():
    entry = zipfile.ZipInfo("media/aa/link.jpg")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def test_damaged_archives_are_refused_with_the_place(archive, tmp_path):
    def fresh(**changes):
        return rewritten(shutil.copy(archive, tmp_path / "b.zip"), **changes)

    body = [("posts/a.md", "title: ", "title:  ")]
    assert refusal(fresh(change=[("posts/a.md", "Second", "Sekond")], hashes=False)).startswith(
        "posts/a.md is not what was exported"
    )
    assert "not as long as the manifest says" in refusal(fresh(change=body, hashes=False))
    assert refusal(fresh(without=["comments.jsonl"])) == "comments.jsonl is missing in the archive."
    assert "is missing in the archive" in refusal(fresh(without=["posts/a.md"], hashes=False))
    assert "format 2; this version of Masthead reads format 1" in refusal(fresh(manifest={"format": 2}))
    assert "cannot be understood" in refusal(fresh(manifest={"members": [1]}))
    assert "does not belong into an archive" in refusal(fresh(extra=[("../../etc/cron.d/x", b"x")]))
    assert "does not belong into an archive" in refusal(fresh(extra=[("posts/../../x.md", b"x")]))
    assert "is a symbolic link" in refusal(fresh(extra=[(link(), "/etc/passwd")]))
    assert "is not in the manifest" in refusal(fresh(extra=[("posts/new.md", b"x")]))
    assert "unpacks to more than 200 times" in refusal(fresh(extra=[("posts/bomb.md", b"0" * 30_000_000)]))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-100])
    assert "is no ZIP that can be read, or is cut off" in refusal(cut)
    middle = bytearray(archive.read_bytes())
    middle[200:260] = bytes(60)
    cut.write_bytes(middle)
    assert "cannot be read" in refusal(cut) or "hash" in refusal(cut)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    cut.write_bytes(empty.getvalue())
    assert "no archive of Masthead" in refusal(cut)


def test_hostile_records_are_refused_with_the_line(archive, tmp_path):
    def told(name, old, new):
        return refusal(rewritten(shutil.copy(archive, tmp_path / "b.zip"), change=[(name, old, new)]))

    assert told("accounts.jsonl", '"role": "author"', '"role": "emperor"').startswith("accounts.jsonl, line")
    assert "no address of the web" in told("accounts.jsonl", '"https://w.example"', '"javascript:alert(1)"')
    for address in (" javascript:alert(1)", "java\\tscript:alert(1)", "VBScript:x", "data:text/html,x"):
        assert "no address of the web" in told("accounts.jsonl", '"https://w.example"', f'"{address}"')
    assert "no address of the web" in told("redirects.jsonl", "https://example.org/there", "data:text/html,x")
    assert "there are no passwords" in told(
        "accounts.jsonl",
        '"username": "walt"',
        '"password_hash": "$argon2id$v=19$m=65536,t=3,p=4$YWJj$YWJj", "username": "walt"',
    )
    assert "no hash of Argon2id" in told(
        "accounts.jsonl",
        '"username": "walt"',
        '"password_hash": "$argon2id$v=19$m=9999999,t=3,p=4$YWJj$YWJj", "username": "walt"',
    )
    assert "below administrators" in told("roles.json", '"rank": 35', '"rank": 100')
    assert "cannot be held here" in told(
        "media.jsonl", '"media_type": "image/', '"media_type": "text/html", "x": "'
    )
    assert "not of the type" in told("media.jsonl", '"media_type": "image/jpeg"', '"media_type": "image/gif"')
    assert "no path of a file" in told("media.jsonl", '"key": "', '"key": "../')
    assert "names no earlier comment" in told("comments.jsonl", '"parent": 1', '"parent": 9')
    assert "is no JSON" in told("comments.jsonl", "{", "")
    assert "is no setting" in told("settings.json", '"posts_per_page": 7', '"posts_per_page": 0')
    assert "has a value that does not exist" in told("posts/a.md", 'status: "public"', 'status: "everywhere"')
    assert "characters that cannot be stored" in told("posts/a.md", 'title: "Second"', 'title: "\\u0000"')
    assert "not that of the file's name" in told("posts/a.md", 'slug: "a"', 'slug: "b"')
    assert "not in the archive" in told("posts/a.md", 'author: "edith"', 'author: "nobody"')


def test_an_interrupted_import_is_completed_by_the_next(archive, empty_site, app, tmp_path, monkeypatch):
    add, calls = restore_texts._add_below, []

    def dying(*arguments):
        add(*arguments)
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(restore_texts, "_add_below", dying)
    monkeypatch.setattr(restore_texts, "POSTS_AT_ONCE", 1)
    failed = empty_site.test_cli_runner().invoke(args=["import", "archive", str(archive)])
    assert failed.exit_code != 0
    with empty_site.app_context():
        assert db.session.scalar(select(func.count(Post.id))) == 1
    monkeypatch.setattr(restore_texts, "_add_below", add)
    run(empty_site, "import", "archive", archive)
    again = tmp_path / "again.zip"
    run(empty_site, "export", "archive", again)
    assert_equal(archive, again)


def test_what_is_here_stays(archive, app, cast, tmp_path):
    changed = rewritten(
        shutil.copy(archive, tmp_path / "b.zip"),
        change=[
            ("posts/a.md", 'title: "Second"', 'title: "Another"'),
            ("posts/a.md", 'updated_at: "20', 'updated_at: "19'),
            ("settings.json", "Foot", "Hand"),
            ("accounts.jsonl", '"username": "walt"', '"username": "walther"'),
        ],
    )
    # Walt has another user name there; his email address says that he is the same.
    for name in (
        "revisions.jsonl",
        "comments.jsonl",
        "media.jsonl",
        "posts/a-b.md",
        "posts/bin.md",
        "posts/idea.md",
        "redirects.jsonl",
    ):
        with zipfile.ZipFile(changed) as opened:
            text = opened.read(name).decode()
        rewritten(changed, change=[(name, '"walt"', '"walther"')] * text.count('"walt"'))
    with zipfile.ZipFile(changed) as opened:
        text = opened.read("accounts.jsonl").decode()
    rewritten(
        changed,
        change=[("accounts.jsonl", '"heir": "walt"', '"heir": "walther"')] * text.count('"heir": "walt"'),
    )
    with app.app_context():
        before = [db.session.scalar(select(func.count(column))) for column in (Post.id, Revision.id, User.id)]
        # Colin has changed his mind since the export.
        db.session.execute(delete(AccountClosure))
        db.session.commit()
    printed = run(app, "import", "archive", changed)
    assert "posts/a.md" in printed
    assert "walther has the email address of walt here" in printed
    assert "the settings of this publication stay" in printed
    with app.app_context():
        assert [
            db.session.scalar(select(func.count(column))) for column in (Post.id, Revision.id, User.id)
        ] == before
        assert db.session.scalar(select(Post.title).where(Post.slug == "a")) == "Second"
        assert db.session.scalar(select(func.count(AccountClosure.user_id))) == 0
