"""What happens to texts is in the log, whichever door it came through."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from masthead import clock, jobs
from masthead.audit.models import AuditEvent
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.jobs.runner import Runner
from masthead.posts import tasks
from masthead.posts.lifecycle import Status
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory
from tests.support.discussions import decide
from tests.support.visitors import Visitor


@pytest.fixture
def log(app: Flask) -> Callable[[], list[tuple[str, str, str]]]:
    """Each new entry about texts: action, actor, subject. What the factories did is not of interest."""
    seen = 0

    def read() -> list[tuple[str, str, str]]:
        nonlocal seen
        with app.app_context():
            events = list(
                db.session.scalars(select(AuditEvent).where(AuditEvent.id > seen).order_by(AuditEvent.id))
            )
        seen = max([seen, *(event.id for event in events)])
        kinds = ("post.", "page.", "comment.", "import.", "export.")
        read.last = [event for event in events if event.action.startswith(kinds)]
        return [(event.action, event.actor_name, event.subject) for event in read.last]

    return read


def test_the_steps_of_a_post_at_the_desk(cast, sign_in, log):
    colin, edith = sign_in(cast.colin), sign_in(cast.edith)
    path = colin.fill_in("/blog/create", title="Rivers", body="They run.", button="submit").location
    colin.press(path, "withdraw")
    colin.press(path, "submit")
    assert [action for action, _, _ in log()] == [
        "post.created",
        "post.submitted",
        "post.withdrawn",
        "post.submitted",
    ]
    edith.fill_in(path, note="More.", button="return")
    edith.fill_in(path, title="Brooks", button="publish")
    edith.press(path, "unpublish")
    assert log() == [
        ("post.returned", "edith", "Rivers"),
        ("post.edited", "edith", "Brooks"),
        ("post.published", "edith", "Brooks"),
        ("post.unpublished", "edith", "Brooks"),
    ]
    assert log.last[1].details["title"] == {"before": "Rivers", "after": "Brooks"}
    assert "More." not in str([event.details for event in log.last])
    number = path.rsplit("/", 1)[1]
    edith.press(f"/blog/delete/{number}", "", action="")
    edith.press(path, action=f"/blog/restore/{number}")
    when = f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    edith.fill_in(path, published_at=when, button="schedule")
    # The date is a part of the post, so choosing another one is an edit too.
    assert [action for action, _, _ in log()] == [
        "post.trashed",
        "post.restored",
        "post.edited",
        "post.scheduled",
    ]


def test_many_posts_at_once_are_one_entry_each(cast, sign_in, log):
    posts = [DraftFactory(author=cast.walt, title=title) for title in ("First", "Second")]
    log()
    sign_in(cast.edith).fill_in("/admin/posts", post=[str(post.id) for post in posts], button="publish")
    assert log() == [("post.published", "edith", "First"), ("post.published", "edith", "Second")]


def test_the_steps_of_a_post_through_the_api(cast, as_, log):
    walt, edith = as_(cast.walt), as_(cast.edith)
    walt("POST", "/posts", {"title": "Rivers", "body": "They run.", "status": "in_review"})
    edith("POST", "/posts/rivers/return", {"note": "More."})
    walt("POST", "/posts/rivers/publish")
    walt("POST", "/posts/rivers/publish")
    etag = walt("GET", "/posts/rivers").headers["ETag"]
    walt("DELETE", "/posts/rivers", etag=etag)
    assert [action for action, _, _ in log()] == [
        "post.created",
        "post.submitted",
        "post.returned",
        "post.published",
        "post.trashed",
    ]


def test_a_refused_step_leaves_no_entry(cast, sign_in, as_, log):
    DraftFactory(author=cast.walt, title="Rivers")
    log()
    assert as_(cast.edith)("POST", "/posts/rivers/return").status_code == 409
    assert as_(cast.walt)("POST", "/posts/rivers/unpublish").status_code == 409
    assert log() == []


def test_the_schedule_deletes_what_was_long_in_the_trash(app, cast, log):
    month_old = clock.now() - timedelta(days=31)
    PostFactory(author=cast.walt, title="Gone", status=Status.TRASHED, trashed_at=month_old)
    log()
    with app.app_context():
        jobs.enqueue(tasks.purge_trash)
        db.session.commit()
    Runner(app).run_due()
    assert log() == [("post.deleted", "background task", "Gone")]


def test_decisions_on_comments_by_page_and_api(cast, sign_in, as_, log):
    post = PostFactory(author=cast.walt, title="Rivers")
    waiting = [CommentFactory(post=post, author=cast.rhea, status=CommentStatus.PENDING) for _ in range(3)]
    log()
    mona = sign_in(cast.mona)
    decide(mona, waiting[0].id, "approve")
    decide(mona, waiting[0].id, "approve")
    mona.fill_in("/admin/comments", comment_id=[str(waiting[1].id)], button="reject")
    as_(cast.mona)("POST", f"/comments/{waiting[1].id}/restore")
    rhea = as_(cast.rhea)
    etag = rhea("GET", f"/comments/{waiting[2].id}").headers["ETag"]
    rhea("DELETE", f"/comments/{waiting[2].id}", etag=etag)
    assert log() == [
        ("comment.approved", "mona", "Rivers"),
        ("comment.rejected", "mona", "Rivers"),
        ("comment.restored", "mona", "Rivers"),
        ("comment.deleted", "rhea", "Rivers"),
    ]
    assert {event.details["author"] for event in log.last} == {"rhea"}


def test_the_steps_of_a_page(cast, sign_in, log):
    page = PageFactory(slug="colophon", title="Colophon")
    log()
    edith: Visitor = sign_in(cast.edith)
    edith.fill_in(f"/admin/pages/{page.id}", title="Imprint", button="save")
    assert ("page.edited", "edith", "Imprint") in log()


def test_an_import_and_an_export_from_the_shell(app, cast, invoke, tmp_path, log):
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "rivers.md").write_text("---\ntitle: Rivers\n---\nThey run.\n")
    dry = invoke("import", "markdown", str(folder), "--processes", "1", "--dry-run")
    assert (dry.returncode, log()) == (0, [])
    assert invoke("import", "markdown", str(folder), "--processes", "1").returncode == 0
    assert log() == [("import.finished", "shell", "old")]
    assert log.last[0].details == {"owner": "ada", "imported": 1}
    assert invoke("export", "markdown", str(tmp_path / "out")).returncode == 0
    assert log() == [("export.made", "shell", "")]


def test_the_page_of_the_log_says_it_in_words_and_filters_by_it(cast, sign_in, log):
    sign_in(cast.walt).fill_in("/blog/create", title="Rivers", body="They run.", button="publish")
    ada = sign_in(cast.ada)
    table = ada.read("/admin/audit?action=post").text("//main//table")
    assert "Published a post" in table
    assert "post.published" not in table
    page = ada.read("/admin/audit?action=post.published&subject=Rivers")
    assert page.texts("//tbody//td[@data-label='Action']") == ["Published a post"]
    assert page.texts("//select[@name='action']/option[@selected]") == ["Published a post"]


def test_a_text_with_somebodys_name_is_not_in_their_personal_data(cast, sign_in, log):
    sign_in(cast.edith).fill_in("/blog/create", title="walt", body="An obituary.", button="save")
    walt = sign_in(cast.walt)
    data = walt.press("/auth/privacy", "json", action="/auth/privacy/download").json
    assert not [entry for entry in data["log"] if entry["action"].startswith("post.")]
