"""Imports at /admin/import."""

import io
import stat
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.importing.browser import tasks
from masthead.importing.browser.models import UploadedExport
from masthead.importing.browser.unpacking import unpacked
from masthead.importing.errors import SourceNotFound
from masthead.jobs.models import Job, JobState
from masthead.jobs.runner import Runner
from masthead.people.models import Role, User
from masthead.people.permissions import Permission
from masthead.posts.models import Post
from tests.importing.wordpress.conftest import item, wxr


def upload(visitor, content: str | bytes, kind: str = "wordpress", name: str = "gazette.xml"):
    """Upload an export as the form does."""
    token = visitor.read("/admin/import").all("//form[@enctype]//input[@name='csrf_token']")[0].get("value")
    data = {
        "csrf_token": token,
        "kind": kind,
        "is_fetching": "",
        "file": (io.BytesIO(content if isinstance(content, bytes) else content.encode()), name),
    }
    return visitor.post("/admin/import", data=data, content_type="multipart/form-data")


def press(visitor, page: str, name: str):
    """Press the button of a page that leads to this."""
    token = visitor.read(page).all("//form//input[@name='csrf_token']")[0].get("value")
    return visitor.post(f"{page}/{name}", data={"csrf_token": token})


def test_an_upload_is_checked_imported_stopped_and_goes_on(app, cast, sign_in, stored, monkeypatch):
    ada = sign_in(cast.ada)
    answer = upload(ada, wxr(*(item(number) for number in range(1, 121))))
    assert answer.status_code == 303
    page = answer.location
    assert ada.get(page).headers["Refresh"]
    Runner(app).run_due()
    assert stored(select(func.count(Post.id))) == [(0,)]
    checked = ada.read(page)
    assert "Checked; nothing is imported yet" in checked.text("//header[@class='work-head']")
    assert "120" in checked.text("//table[@aria-label='Totals']")
    with ada.get(f"{page}/dry-run.json") as answer:
        assert answer.json["totals"]["imported"] == 120
    advance = tasks._advance

    def stopping(upload_id, count, total):
        with app.app_context():
            db.session.query(UploadedExport).update({"is_stopping": total > 0})
            db.session.commit()
        advance(upload_id, count, total)

    monkeypatch.setattr(tasks, "_advance", stopping)
    assert press(ada, page, "run").status_code == 303
    Runner(app).run_due()
    assert "Stopped" in ada.read(page).text("//header[@class='work-head']")
    assert stored(select(func.count(Post.id))) == [(50,)]
    monkeypatch.setattr(tasks, "_advance", advance)
    press(ada, page, "run")
    Runner(app).run_due()
    assert stored(select(func.count(Post.id))) == [(120,)]
    with ada.get(f"{page}/report.json") as answer:
        totals = answer.json["totals"]
    assert (totals["imported"], totals["unchanged"]) == (70, 50)
    assert press(ada, page, "delete").status_code == 303
    assert ada.get(page).status_code == 404


def head(visitor, page: str) -> str:
    """The state of an import, as its page says it."""
    return visitor.read(page).text("//header[@class='work-head']")


def test_an_import_survives_its_worker_and_one_runs_at_a_time(app, cast, sign_in, stored, monkeypatch):
    ada = sign_in(cast.ada)
    pages = [upload(ada, wxr(*(item(number) for number in range(1, 61)))).location for _ in range(2)]
    Runner(app).run_due()
    press(ada, pages[0], "run")
    assert press(ada, pages[0], "run").status_code == 409
    assert press(ada, pages[0], "delete").status_code == 409
    assert "Another import is running" in press(ada, pages[1], "run").get_data(as_text=True)
    advance = tasks._advance

    def dying(upload_id, count, total):
        advance(upload_id, count, total)
        if total:
            raise KeyboardInterrupt

    monkeypatch.setattr(tasks, "_advance", dying)
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        tasks.run(int(pages[0].rpartition("/")[2]))
    monkeypatch.setattr(tasks, "_advance", advance)
    assert "Importing" in head(ada, pages[0])
    Runner(app).run_due()
    assert "Imported" in head(ada, pages[0])
    assert stored(select(func.count(Post.id))) == [(60,)]
    assert stored(select(func.max(UploadedExport.done))) == [(60,)]
    # A job that ended without a word does not leave its import running for ever, nor others waiting for it.
    press(ada, pages[0], "run")
    with app.app_context():
        db.session.query(Job).filter_by(state=JobState.QUEUED).update({"state": JobState.DEAD})
        db.session.commit()
    assert "ended before its time" in head(ada, pages[0])
    assert press(ada, pages[1], "run").status_code == 303
    assert press(ada, pages[0], "delete").status_code == 303
    # Stopped before it has begun.
    press(ada, pages[1], "stop")
    Runner(app).run_due()
    assert "Stopped" in head(ada, pages[1])


def test_nothing_is_imported_before_a_dry_run_has_ended(app, cast, sign_in, stored):
    ada = sign_in(cast.ada)
    address = "https://old.example/wp-content/uploads/2020/paper.pdf"
    attached = item(2, "attachment", f"<wp:attachment_url>{address}</wp:attachment_url>", status="inherit")
    page = upload(ada, wxr(item(1), attached)).location
    press(ada, page, "stop")
    Runner(app).run_due()
    assert "nothing is imported" in head(ada, page)
    assert "Check again" in ada.read(page).text("//main")
    press(ada, page, "run")
    Runner(app).run_due()
    assert "Checked; nothing is imported yet" in head(ada, page)
    with ada.get(f"{page}/dry-run.json") as answer:
        reasons = [one["reason"] for one in answer.json["items"] if one["source"] == "attachment/2"]
        assert len(reasons) == 1
        # The documents that the library accepts are left out only because nothing is fetched here.
        assert "not accepted" not in reasons[0], reasons
    assert stored(select(func.count(Post.id))) == [(0,)]
    press(ada, page, "run")
    Runner(app).run_due()
    assert stored(select(func.count(Post.id))) == [(1,)]


def packed(*members: tuple[str | zipfile.ZipInfo, str]) -> bytes:
    """Pack files as a ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def test_a_folder_of_markdown_files_comes_as_a_zip(app, cast, sign_in, stored):
    ada = sign_in(cast.ada)
    files = [
        ("site/_config.yml", "title: Gazette"),
        ("site/_posts/2020-01-02-ferry.md", "---\ntitle: The Ferry\n---\nIt sails."),
    ]
    page = upload(ada, packed(*files), "markdown", "../../My Gazette.zip").location
    Runner(app).run_due()
    press(ada, page, "run")
    Runner(app).run_due()
    assert "Imported" in head(ada, page)
    assert stored(select(Post.title)) == [("The Ferry",)]
    finished = select(AuditEvent.actor_name).where(AuditEvent.action == "import.finished")
    assert stored(finished) == [("ada",)]
    again = upload(ada, packed(*files), "markdown", "My Gazette.zip").location
    Runner(app).run_due()
    with ada.get(f"{again}/dry-run.json") as answer:
        assert answer.json["totals"]["unchanged"] == 1


LINK = zipfile.ZipInfo("site/passwords.md")
LINK.external_attr = (stat.S_IFLNK | 0o777) << 16


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: b"PK\x03\x04 cut off", "not a ZIP that can be read"),
        (lambda: packed(("a.md", "x"))[:-30], "not a ZIP that can be read"),
        (lambda: packed(("../../a.md", "x")), "leads out of the ZIP"),
        (lambda: packed(("/etc/a.md", "x")), "leads out of the ZIP"),
        (lambda: packed(("..\\a.md", "x")), "leads out of the ZIP"),
        (lambda: packed(("a.md", "x"), ("a.md/b.md", "x")), "two files"),
        (lambda: packed(("a.md", "0" * 110_000_000)), "unpacks to more than"),
        (lambda: packed(("a.md", "xxxxxxxx" * 50)).replace(b"\xab\xa8", b"\xff\xff"), "damaged"),
    ],
)
def test_hostile_zips_are_refused_with_a_sentence(make, sentence, tmp_path):
    file = tmp_path / "1" / "upload" / "gazette.markdown"
    file.parent.mkdir(parents=True)
    file.write_bytes(make())
    with pytest.raises(SourceNotFound, match=sentence), unpacked(file):
        pass
    assert [one.name for one in file.parent.parent.iterdir()] == ["upload"]


def test_links_in_a_zip_are_left_out(tmp_path):
    file = tmp_path / "1" / "upload" / "gazette.markdown"
    file.parent.mkdir(parents=True)
    file.write_bytes(packed((LINK, "/etc/passwd"), ("site/a.md", "x")))
    with unpacked(file) as folder:
        assert [one.name for one in folder.iterdir()] == ["a.md"]


def test_files_are_refused_where_none_is_taken_and_from_strangers(cast, client, sign_in):
    file = {"file": (io.BytesIO(b"x" * 200_000), "a.xml")}
    assert client.post("/admin/import", data=file, content_type="multipart/form-data").status_code in {
        302,
        303,
        400,
        413,
    }
    ada = sign_in(cast.ada)
    file = {"file": (io.BytesIO(b"x"), "a.xml")}
    assert ada.post("/admin/settings", data=file, content_type="multipart/form-data").status_code == 415


def test_bad_uploads_end_in_a_sentence_and_others_may_not_import(app, cast, sign_in):
    ada = sign_in(cast.ada)
    page = upload(ada, "<html>no</html>").location
    Runner(app).run_due()
    assert "is not an export of WordPress" in ada.read(page).text("//header[@class='work-head']")
    page = upload(ada, "[]", kind="ghost").location
    Runner(app).run_due()
    assert "not an export of Ghost" in ada.read(page).text("//header[@class='work-head']")
    token = ada.read("/admin/import").all("//form[@enctype]//input[@name='csrf_token']")[0].get("value")
    nothing = {"csrf_token": token, "kind": "ghost"}
    assert ada.post("/admin/import", data=nothing, content_type="multipart/form-data").status_code == 422
    edith = sign_in(cast.edith)
    assert edith.get("/admin/import").status_code == 403
    assert edith.get(page).status_code == 403
    assert edith.get(f"{page}/report.json").status_code == 403


def test_only_administrators_who_have_just_signed_in_import_an_archive(
    app, cast, sign_in, stored, later, tmp_path
):
    archive = tmp_path / "a.zip"
    assert app.test_cli_runner().invoke(args=["export", "archive", str(archive)]).exit_code == 0
    with app.app_context():
        granted = [one.value for one in Permission]
        role = Role(name="manager", title="Manager", rank=60, permissions=granted)
        db.session.add(role)
        db.session.flush()
        db.session.execute(update(User).where(User.id == cast.edith.id).values(role_id=role.id))
        db.session.commit()
    edith = sign_in(cast.edith)
    assert upload(edith, archive.read_bytes(), "archive", "a.zip").status_code == 403
    ada = sign_in(cast.ada)
    page = upload(ada, archive.read_bytes(), "archive", "a.zip").location
    Runner(app).run_due()
    assert "Checked" in head(ada, page)
    assert press(edith, page, "run").status_code == 403
    # The job looks again.
    upload_id = int(page.rpartition("/")[2])
    with app.app_context():
        db.session.execute(update(UploadedExport).values(state="importing"))
        db.session.commit()
        assert "Only administrators" in tasks.run(upload_id, cast.edith.id)
    assert stored(select(UploadedExport.state)) == [("failed",)]
    later(timedelta(minutes=11))
    assert "Nothing is lost" in press(ada, page, "run").text
    assert stored(select(UploadedExport.state)) == [("failed",)]
    answer = upload(ada, archive.read_bytes(), "archive", "a.zip")
    assert answer.location.startswith("/auth/confirm-identity?next=")
