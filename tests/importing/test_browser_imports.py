"""Imports at /admin/import."""

import io

from sqlalchemy import func, select

from masthead.db import db
from masthead.importing.browser import tasks
from masthead.importing.browser.models import UploadedExport
from masthead.jobs.runner import Runner
from masthead.posts.models import Post
from tests.importing.wordpress.conftest import item, wxr


def upload(visitor, content: str, kind: str = "wordpress"):
    """Upload an export as the form does."""
    token = visitor.read("/admin/import").all("//form[@enctype]//input[@name='csrf_token']")[0].get("value")
    data = {
        "csrf_token": token,
        "kind": kind,
        "is_fetching": "",
        "file": (io.BytesIO(content.encode()), "gazette.xml"),
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
            db.session.query(UploadedExport).update({"is_stopping": True})
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
