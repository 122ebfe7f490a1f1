"""Exports at /admin/export, and an archive that comes back at /admin/import."""

import io
import zipfile

from sqlalchemy import delete, select

from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.exporting.browser.models import RequestedExport
from masthead.jobs.models import Job, JobState
from masthead.jobs.runner import Runner
from masthead.people.models import Role, User
from masthead.posts.models import Post
from tests.factories import PostFactory
from tests.importing.test_browser_imports import head, press, upload


def ask(visitor, kind: str):
    """Ask for an export as the form does."""
    token = visitor.read("/admin/export").all("//input[@name='csrf_token']")[0].get("value")
    return visitor.post("/admin/export", data={"csrf_token": token, "kind": kind})


def titles(app):
    """The titles of all posts."""
    with app.app_context():
        return db.session.scalars(select(Post.title)).all()


def test_an_archive_is_made_downloaded_and_imported(app, cast, sign_in):
    PostFactory(title="The Ferry", slug="ferry", author=cast.walt)
    ada = sign_in(cast.ada)
    assert ask(ada, "archive").status_code == 303
    assert ada.get("/admin/export").headers["Refresh"]
    assert "An export is being made" in ask(ada, "markdown").get_data(as_text=True)
    Runner(app).run_due()
    (link,) = ada.read("/admin/export").all("//a[@download]")
    with ada.get(link.get("href")) as answer:
        content = answer.data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "posts/ferry.md" in archive.namelist()
        assert b"argon2" not in archive.read("accounts.jsonl")
    assert ask(ada, "markdown").status_code == 303
    Runner(app).run_due()
    with ada.get("/admin/export/2/export.zip") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert "publication/content/posts/ferry.md" in archive.namelist()
    for number, kind, name in ((3, "wordpress", "wordpress.xml"), (4, "ghost", "ghost-export.json")):
        assert ask(ada, kind).status_code == 303
        Runner(app).run_due()
        with (
            ada.get(f"/admin/export/{number}/export.zip") as answer,
            zipfile.ZipFile(io.BytesIO(answer.data)) as archive,
        ):
            assert b"The Ferry" in archive.read(name)
    with app.app_context():
        db.session.execute(delete(Post).where(Post.slug == "ferry"))
        db.session.commit()
    page = upload(ada, content, "archive", "gazette.zip").location
    Runner(app).run_due()
    assert titles(app) == []
    assert "nothing is imported yet" in head(ada, page)
    press(ada, page, "run")
    Runner(app).run_due()
    assert "Imported" in head(ada, page)
    assert titles(app) == ["The Ferry"]
    with app.app_context():
        done = select(AuditEvent.actor_name).where(AuditEvent.action.in_(["export.made", "import.finished"]))
        assert db.session.scalars(done).all() == ["ada"] * 5
    page = upload(ada, content[:-50], "archive", "gazette.zip").location
    Runner(app).run_due()
    assert "is no ZIP that can be read, or is cut off" in head(ada, page)


def test_only_those_who_manage_accounts_export_or_bring_them(app, cast, sign_in):
    ada = sign_in(cast.ada)
    ask(ada, "archive")
    with app.app_context():
        db.session.query(Job).filter_by(state=JobState.QUEUED).update({"state": JobState.DEAD})
        role = Role(name="host", title="Host", rank=60, permissions=["settings.manage"])
        db.session.add(role)
        db.session.flush()
        db.session.get_one(User, cast.edith.id).role_id = role.id
        db.session.commit()
    assert "ended before its time" in ada.read("/admin/export").text("//table")
    token = ada.read("/admin/export").all("//td//input[@name='csrf_token']")[0].get("value")
    edith = sign_in(cast.edith)
    assert edith.get("/admin/export").status_code == 403
    assert edith.get("/admin/export/1/export.zip").status_code == 403
    assert upload(edith, b"PK", "archive", "a.zip").status_code == 403
    assert ada.post("/admin/export/1/delete", data={"csrf_token": token}).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(RequestedExport)).all() == []
