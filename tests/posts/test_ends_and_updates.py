from datetime import timedelta

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.db.engine import is_reading
from masthead.errors import NotFound
from masthead.jobs.models import Job
from masthead.posts import due_tasks
from masthead.posts.working_copy import journal, saves
from tests.api.conftest import as_
from tests.factories import DraftFactory, PostFactory
from tests.support.editors import Editor

__all__ = ["as_"]


@pytest.fixture
def walt(sign_in, cast):
    return sign_in(cast.walt)


def in_minutes(minutes):
    return f"{clock.now() + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def test_an_expired_post_is_gone_from_everywhere_at_its_moment(as_, client, cast, time_machine):
    post = PostFactory(author=cast.walt, title="The fair", tags=["Rivers"])
    other = PostFactory(author=cast.walt, title="The tent")
    walt = as_(cast.walt)
    answer = walt("PATCH", f"/posts/{post.slug}", {"expires_at": in_minutes(30)}, etag="*")
    assert answer.status_code == 200
    walt(
        "PATCH",
        f"/posts/{other.slug}",
        {"expires_at": in_minutes(30), "expires_to": "/blog/tag/rivers"},
        etag="*",
    )
    lists = ("/", "/blog/", "/feed.xml", "/sitemap-posts-1.xml", "/blog/author/walt", "/search?q=fair")
    for path in (*lists, "/blog/tag/rivers"):
        assert post.slug in client.get(path).text
    assert client.get(f"/blog/post/{post.slug}").status_code == 200
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    gone = client.get(f"/blog/post/{post.slug}")
    assert gone.status_code == 410
    assert "limited time" in gone.text
    for path in lists:
        assert post.slug not in client.get(path).text
    moved = client.get(f"/blog/post/{other.slug}")
    assert (moved.status_code, moved.location) == (301, "/blog/tag/rivers")
    assert client.get(f"/api/v1/posts/{post.slug}").status_code == 404
    # Published again, it is there for good.
    walt = as_(cast.walt)
    again = walt("POST", f"/posts/{post.slug}/publish")
    assert (again.json["status"], again.json["expires_at"]) == ("published", None)
    assert client.get(f"/blog/post/{post.slug}").status_code == 200


def test_a_scheduled_update_replaces_the_text_at_its_moment(walt, as_, client, cast, time_machine):
    post = PostFactory(author=cast.walt, body="Version A.")
    Editor(walt, post.id).send(body="Version B.")
    assert (
        as_(cast.walt)("PATCH", f"/posts/{post.slug}", {"update_at": in_minutes(30)}, etag="*").status_code
        == 200
    )
    assert "Version A." in client.get(f"/blog/post/{post.slug}").text
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    assert "Version B." in client.get(f"/blog/post/{post.slug}").text
    now = as_(cast.walt)("GET", f"/posts/{post.slug}").json
    assert (now["update_at"], now["has_working_copy"]) == (None, False)
    # One press undoes it.
    walt.press(f"/blog/edit/{post.id}/history", action=f"/blog/edit/{post.id}/history/1/restore")
    assert "Version A." in client.get(f"/blog/post/{post.slug}").text


@pytest.mark.databases("sqlite")
def test_plans_are_checked_and_need_the_right_to_publish(walt, sign_in, cast):
    post = PostFactory(author=cast.walt)
    edit = f"/blog/edit/{post.id}"
    assert walt.fill_in(edit, expires_at="2020-01-01T10:00", button="save").status_code == 422
    assert walt.fill_in(edit, expires_to="javascript:alert(1)", button="save").status_code == 422
    assert walt.fill_in(edit, expires_to="//evil.example", button="save").status_code == 422
    later = f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert walt.fill_in(edit, expires_at=later, update_at=later, button="save").status_code == 303
    shown = walt.read(edit).form({"body": ""}, "save").values
    assert (shown["expires_at"][0], shown["update_at"][0]) == (later, later)
    draft = DraftFactory(author=cast.colin)
    colin = sign_in(cast.colin)
    form = colin.read(f"/blog/edit/{draft.id}").form({"body": ""}, "save").filled({}, "save")
    refused = colin.post(f"/blog/edit/{draft.id}", data=form | {"expires_at": later})
    assert refused.status_code == 422


@pytest.mark.databases("sqlite")
def test_search_results_and_cards_show_their_own_words(walt, as_, client, cast):
    post = PostFactory(author=cast.walt, title="The ferry", summary="An excerpt.", lead_image=None)
    words = {
        "meta_title": "Ferry at Callow",
        "meta_description": "Times and fares.",
        "card_title": "Come aboard",
        "card_description": "A rope and a boat.",
        "card_image": "https://example.org/card.jpg",
    }
    assert walt.fill_in(f"/blog/edit/{post.id}", words, button="save").status_code == 303
    page = client.read(f"/blog/post/{post.slug}")
    assert page.title.startswith("Ferry at Callow")
    assert page.text("//h1") == "The ferry"

    def meta(name):
        return page.all(f"//meta[@name='{name}' or @property='{name}']/@content")[0]

    assert meta("description") == "Times and fares."
    assert meta("og:title") == "Come aboard"
    assert meta("og:description") == "A rope and a boat."
    assert meta("og:image").endswith("/card.jpg")
    answer = as_(cast.walt)("GET", f"/posts/{post.slug}").json
    assert {name: answer[name] for name in words} == words
    revision = as_(cast.walt)("GET", f"/posts/{post.slug}/revisions/2").json
    assert revision["card_title"] == "Come aboard"
    cleared = as_(cast.walt)(
        "PATCH", f"/posts/{post.slug}", {"card_image": None, "meta_title": None}, etag="*"
    )
    assert (cleared.json["card_image"], cleared.json["meta_title"]) == (None, "")
    assert walt.fill_in(f"/blog/edit/{post.id}", card_image="javascript:x", button="save").status_code == 422


@pytest.fixture
def due(walt, as_, cast):
    """Return a function that makes a post whose working copy is public in 30 minutes."""

    def make(body, **columns):
        post = PostFactory(author=cast.walt, body="Version A.", **columns)
        Editor(walt, post.id).send(body=body)
        answer = as_(cast.walt)("PATCH", f"/posts/{post.slug}", {"update_at": in_minutes(30)}, etag="*")
        assert answer.status_code == 200
        return post

    return make


def test_a_reader_renders_an_update_without_the_lock_of_writers(
    app, due, as_, client, cast, time_machine, monkeypatch
):
    quiet, edited = due("Version B."), due("Version B.")
    # The working copy is merged with what the API saved, which writes.
    changed = as_(cast.walt)("PATCH", f"/posts/{edited.slug}", {"title": "Another title"}, etag="*")
    assert changed.status_code == 200
    renderings = []

    def rendered(text, saved, render=saves.rendered):
        renderings.append(is_reading())
        return render(text, saved)

    monkeypatch.setattr(saves, "rendered", rendered)
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    assert "Version B." in client.get(f"/blog/post/{quiet.slug}").text
    page = client.get(f"/blog/post/{edited.slug}").text
    assert "Version B." in page
    assert "Another title" in page
    assert renderings
    assert all(renderings), "rendered while writers wait"


def test_an_update_that_fails_or_whose_post_is_deleted_stops_no_page(
    app, due, as_, client, cast, time_machine, monkeypatch
):
    broken, gone, whole = due("Broken."), due("Version B."), due("Version B.")

    def rendered(text, saved, render=saves.rendered):
        if text.body == "Broken.":
            raise RuntimeError("a fault of the renderer")
        return render(text, saved)

    def lock(post_id, lock=journal.lock):
        if post_id == gone.id:
            raise NotFound("There is no such post.")
        return lock(post_id)

    monkeypatch.setattr(saves, "rendered", rendered)
    monkeypatch.setattr(journal, "lock", lock)
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    assert client.get("/").status_code == 200
    assert "Version B." in client.get(f"/blog/post/{whole.slug}").text
    assert "Version A." in client.get(f"/blog/post/{broken.slug}").text
    # It is tried once, its text is kept, and the audit log says so.
    now = as_(cast.walt)("GET", f"/posts/{broken.slug}").json
    assert (now["update_at"], now["has_working_copy"]) == (None, True)
    with app.app_context():
        failed = select(AuditEvent.subject).where(AuditEvent.action == "post.update_failed")
        assert db.session.scalars(failed).all() == [broken.title]


def test_only_one_thread_applies_updates_and_ends_do_not_wait_for_it(
    due, as_, client, cast, time_machine, monkeypatch
):
    updated, ended = due("Version B."), PostFactory(author=cast.walt)
    walt = as_(cast.walt)
    assert walt("PATCH", f"/posts/{ended.slug}", {"expires_at": in_minutes(30)}, etag="*").status_code == 200
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    with due_tasks._updating:
        assert "Version A." in client.get(f"/blog/post/{updated.slug}").text
        assert client.get(f"/blog/post/{ended.slug}").status_code == 410
    assert "Version B." in client.get(f"/blog/post/{updated.slug}").text


def test_a_scheduled_update_copies_its_pictures_as_a_save_does(app, due, client, time_machine, monkeypatch):
    monkeypatch.setitem(app.config, "EXTERNAL_IMAGES", "fetch")
    typed = "![A field](https://other.example/a.png)"
    post = due(typed)
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    assert client.get(f"/blog/post/{post.slug}").status_code == 200
    with app.app_context():
        jobs = db.session.scalars(select(Job.unique_key).where(Job.name == "posts.copy_pictures")).all()
    assert jobs == [f"pictures-of-post:{post.id}"]
    monkeypatch.setitem(app.config, "EXTERNAL_IMAGES", "refuse")
    refused = due(typed)
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    assert "Version A." in client.get(f"/blog/post/{refused.slug}").text
