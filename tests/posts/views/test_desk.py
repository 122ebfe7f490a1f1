from datetime import timedelta

import pytest
from sqlalchemy import select, update

from masthead import clock
from masthead.db import db
from masthead.posts import queries as posts
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostSlug, Revision
from masthead.posts.working_copy.models import KeptText
from tests.factories import DraftFactory, PostFactory
from tests.support.visitors import document

TEXT = {
    "title": "Rivers in winter",
    "body": "They *freeze* from the banks.",
    "summary": "A walk.",
    "tags": "Nature, Walks",
}


def write(client, *, button="save", **typed):
    """Write a post; its id."""
    response = client.fill_in("/blog/create", TEXT | typed, button=button)
    assert response.status_code == 303, document(response).errors
    return int(response.location.rsplit("/", 1)[1])


@pytest.fixture
def walt(sign_in, cast):
    return sign_in(cast.walt)


def test_a_saved_draft_is_only_for_those_who_may_edit_it(walt, client, sign_in, cast):
    write(walt)
    assert walt.get("/blog/post/rivers-in-winter").status_code == 200
    assert sign_in(cast.edith).get("/blog/post/rivers-in-winter").status_code == 200
    assert client.get("/blog/post/rivers-in-winter").status_code == 404
    assert sign_in(cast.rhea).get("/blog/post/rivers-in-winter").status_code == 404
    assert sign_in(cast.colin).get("/blog/post/rivers-in-winter").status_code == 404


def test_publish_shows_the_post_to_everybody(walt, client):
    write(walt, button="publish")
    page = client.get("/blog/post/rivers-in-winter").text
    assert "Rivers in winter" in page
    assert "<em>freeze</em>" in page
    assert "Rivers in winter" in client.get("/").text
    assert "Rivers in winter" in client.get("/blog/tag/nature").text


@pytest.mark.databases("sqlite")
def test_a_stranger_cannot_write_into_the_history_of_a_published_post(walt, app, sign_in, cast):
    post_id = write(walt, button="publish")
    colin, url = sign_in(cast.colin), f"/blog/edit/{post_id}"
    sent = TEXT | {"body": "Not mine.", "csrf_token": colin.form_token(), "action": "save"}
    assert [colin.post(url, data=sent).status_code for _ in range(2)] == [403, 403]
    assert colin.get(f"{url}/merge").status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Revision.kind)).all() == ["saved"]
        assert db.session.scalars(select(KeptText)).all() == []
    # Whoever once wrote the post keeps the text.
    with app.app_context():
        db.session.execute(update(Post).values(author_id=cast.edith.id))
        db.session.commit()
    answer = walt.post(url, data=sent | {"csrf_token": walt.form_token()})
    assert answer.status_code == 403
    assert "Not mine." in document(answer).text("//main")


def test_edit_keeps_a_revision_of_every_save(walt, app):
    post_id = write(walt)
    walt.fill_in(f"/blog/edit/{post_id}", button="save", body="A second text.")
    with app.app_context():
        bodies = [revision.number for revision in db.session.scalars(posts.revisions_of(posts.get(post_id)))]
    assert bodies == [2, 1]


def test_a_renamed_post_answers_301_from_every_address_it_had(walt, client):
    post_id = write(walt, button="publish")
    for slug in ("second-name", "third-name"):
        assert walt.fill_in(f"/blog/edit/{post_id}", button="save", slug=slug).status_code == 303
    for old in ("rivers-in-winter", "second-name"):
        response = client.get(f"/blog/post/{old}")
        assert (response.status_code, response.location) == (301, "/blog/post/third-name")
    assert client.get("/blog/post/third-name").status_code == 200


def test_a_changed_title_keeps_the_address(walt, client):
    post_id = write(walt, button="publish")
    walt.fill_in(f"/blog/edit/{post_id}", button="save", title="Another title")
    assert "Another title" in client.get("/blog/post/rivers-in-winter").text


def test_an_address_that_another_post_had_is_refused_beside_its_field(walt):
    first = write(walt)
    walt.fill_in(f"/blog/edit/{first}", button="save", slug="moved")
    response = walt.fill_in("/blog/create", TEXT | {"slug": "rivers-in-winter", "body": "Kept text."})
    assert response.status_code == 422
    assert document(response).error_of("slug")
    assert "Kept text." in response.text


def test_the_same_title_gets_a_number(walt, client):
    write(walt, button="publish")
    write(walt, button="publish")
    assert client.get("/blog/post/rivers-in-winter-2").status_code == 200


def test_schedule_shows_the_post_only_when_its_moment_comes(walt, client, time_machine):
    when = clock.now() + timedelta(days=2)
    write(walt, button="schedule", published_at=f"{when:%Y-%m-%dT%H:%M}")
    assert client.get("/blog/post/rivers-in-winter").status_code == 404
    assert "Rivers in winter" not in client.get("/").text
    time_machine.move_to(when)
    assert client.get("/blog/post/rivers-in-winter").status_code == 200
    assert "Rivers in winter" in client.get("/").text


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "2020-01-01T00:00", "99999-01-01T00:00", "2026-13-01T00:00"]
)
def test_schedule_refuses_what_is_no_moment_in_the_future(walt, moment):
    response = walt.fill_in("/blog/create", TEXT, button="schedule", published_at=moment)
    assert response.status_code == 422
    assert document(response).error_of("published_at")


def test_unpublish_takes_the_post_from_every_list(walt, client):
    post_id = write(walt, button="publish")
    walt.fill_in(f"/blog/edit/{post_id}", button="unpublish")
    assert client.get("/blog/post/rivers-in-winter").status_code == 404
    for path in ("/", "/blog/", "/blog/tag/nature", "/blog/author/walt", "/blog/archive/"):
        assert "Rivers in winter" not in client.get(path).text


def test_trash_and_restore(walt, client):
    post_id = write(walt, button="publish")
    form = walt.read(f"/blog/delete/{post_id}").all("//main//form")[0]
    token = form.xpath(".//input[@name='csrf_token']/@value")[0]
    assert walt.post(f"/blog/delete/{post_id}", data={"csrf_token": token}).status_code == 303
    assert client.get("/blog/post/rivers-in-winter").status_code == 404
    assert "Rivers in winter" in walt.get("/blog/my-posts?status=trashed").text
    assert "Rivers in winter" not in walt.get("/blog/my-posts").text
    walt.press("/blog/my-posts?status=trashed", action=f"/blog/restore/{post_id}")
    assert walt.get(f"/blog/edit/{post_id}").status_code == 200
    assert client.get("/blog/post/rivers-in-winter").status_code == 404


def test_asking_whether_to_delete_changes_nothing(walt, client):
    post_id = write(walt, button="publish")
    walt.get(f"/blog/delete/{post_id}")
    assert client.get("/blog/post/rivers-in-winter").status_code == 200


def test_a_stale_save_is_refused_and_keeps_the_text(walt, sign_in, cast):
    post_id = write(walt)
    edith = sign_in(cast.edith)
    stale = (
        walt.read(f"/blog/edit/{post_id}")
        .form({"title": ""}, "save")
        .filled({"body": "Walt's text."}, "save")
    )
    edith.fill_in(f"/blog/edit/{post_id}", button="save", body="Edith's text.")
    response = walt.post(f"/blog/edit/{post_id}", data=stale)
    assert response.status_code == 422
    assert "Somebody else saved this post" in response.text
    assert "Walt&#39;s text." in response.text
    assert "Edith&#39;s text." in edith.get(f"/blog/edit/{post_id}").text


def test_an_expired_form_says_so_and_keeps_the_text(walt):
    response = walt.post("/blog/create", data=TEXT | {"csrf_token": "expired", "action": "publish"})
    assert response.status_code == 422
    assert "session expired" in response.text
    assert "They *freeze* from the banks." in response.text


def test_a_form_sent_after_signing_out_keeps_the_text(client):
    response = client.post("/blog/create", data=TEXT | {"action": "publish"})
    assert response.status_code == 400
    assert "They *freeze* from the banks." in response.text


@pytest.mark.parametrize("header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_a_form_from_another_site_changes_nothing_and_shows_nothing(walt, header, app):
    form = walt.read("/blog/create").form({"title": ""}, "save").filled(TEXT, "save")
    response = walt.post("/blog/create", data=form, headers=header)
    assert response.status_code == 400
    assert "freeze" not in response.text
    with app.app_context():
        assert db.session.query(Post).count() == 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "t" * 301),
        ("title", "nul\0"),
        ("summary", "s" * 1_001),
        ("slug", "x" * 201),
        ("tags", "t" * 61),
        ("tags", ",".join(f"tag {n}" for n in range(31))),
        ("body", "nul \0 byte"),
    ],
)
def test_what_cannot_be_stored_is_refused_beside_its_field(walt, field, typed):
    response = walt.fill_in("/blog/create", TEXT | {field: typed}, button="publish")
    assert response.status_code == 422
    page = document(response)
    assert page.error_of(field)
    if field != "body":
        assert "They *freeze* from the banks." in response.text


def test_a_title_of_a_megabyte_is_refused(walt):
    assert walt.fill_in("/blog/create", TEXT | {"title": "t" * 1_000_000}).status_code in {413, 422}


def test_an_unknown_button_is_refused(walt, app):
    form = walt.read("/blog/create").form({"title": ""}, "save").filled(TEXT, "save")
    assert walt.post("/blog/create", data=form | {"action": "explode"}).status_code == 422
    with app.app_context():
        assert db.session.query(Post).count() == 0


@pytest.mark.parametrize(
    "post_id", ["0", "-1", "999", "9223372036854775807", "9223372036854775808", "9" * 40, "x", "1.5", "%00"]
)
def test_an_unknown_post_is_not_found(walt, post_id):
    assert walt.get(f"/blog/edit/{post_id}").status_code in {400, 404}
    assert walt.get(f"/blog/delete/{post_id}").status_code in {400, 404}


def test_who_may_do_what(walt, sign_in, cast, new_client):
    draft, public = write(walt, title="Draft"), write(walt, title="Public", button="publish")
    expected = {
        #            edit draft, edit public, write
        "administrator": (200, 200, 200),
        "editor": (200, 200, 200),
        "author": (200, 200, 200),
        "contributor": (404, 403, 200),
        "moderator": (403, 403, 403),
        "reader": (403, 403, 403),
    }
    found = {}
    for role, user in cast.everybody().items():
        visitor = sign_in(user)
        paths = (f"/blog/edit/{draft}", f"/blog/edit/{public}", "/blog/create")
        found[role] = tuple(visitor.get(path).status_code for path in paths)
    assert found == expected
    anonymous = new_client()
    assert anonymous.get(f"/blog/edit/{draft}").status_code == 302


def test_a_contributor_submits_and_cannot_publish(sign_in, cast, client):
    colin = sign_in(cast.colin)
    form = colin.read("/blog/create").form({"title": ""}, "submit").filled(TEXT, "submit")
    assert colin.post("/blog/create", data=form | {"action": "publish"}).status_code == 422
    response = colin.post("/blog/create", data=form)
    assert response.status_code == 303
    post_id = response.location.rsplit("/", 1)[1]
    assert sign_in(cast.edith).fill_in(f"/blog/edit/{post_id}", button="publish").status_code == 303
    assert client.get("/blog/post/rivers-in-winter").status_code == 200
    assert colin.get(f"/blog/edit/{post_id}").status_code == 403


def test_fifty_parallel_posts_with_one_title_get_fifty_addresses(app, cast, in_parallel):
    from masthead.content.rendering import render_text
    from masthead.posts import actions

    rendered = render_text(title="One title", body="Text.", tags=("Same", "Tags"))

    def create():
        with app.app_context():
            actions.create(rendered, by=cast.walt, at=clock.now())
            db.session.commit()

    assert in_parallel(create, times=50) == []
    with app.app_context():
        assert db.session.query(Post.slug).distinct().count() == 50
        assert db.session.query(PostSlug).filter(PostSlug.post_id.is_not(None)).count() == 50
        assert db.session.query(Revision).count() == 50


def test_everybodys_posts_have_one_page(sign_in, cast):
    DraftFactory(author=cast.walt, title="Harvest")
    edith, walt = sign_in(cast.edith), sign_in(cast.walt)
    old = edith.get("/blog/my-posts?of=everybody&status=draft")
    assert (old.status_code, old.headers["Location"]) == (302, "/admin/posts?state=draft")
    page = edith.read(old.headers["Location"])
    assert "Harvest" in page.text("//tbody")
    assert cast.walt.display_name in page.text("//tbody")
    assert edith.read("/blog/my-posts").all("//main//a[@href='/admin/posts']")
    assert walt.read("/blog/my-posts?of=everybody").all("//main//a[@href='/admin/posts']") == []


@pytest.mark.parametrize(
    ("status", "titles"),
    [
        ("", ["Draft", "In review", "Published", "Scheduled"]),
        ("draft", ["Draft"]),
        ("in_review", ["In review"]),
        ("scheduled", ["Scheduled"]),
        ("published", ["Published"]),
        # Both, as addresses of earlier versions say.
        ("public", ["Published", "Scheduled"]),
        ("trashed", ["Trashed"]),
    ],
)
def test_my_posts_shows_the_posts_of_each_status_and_none_where_there_are_none(cast, sign_in, status, titles):
    walt = sign_in(cast.walt)
    address = f"/blog/my-posts?status={status}" if status else "/blog/my-posts"
    assert walt.read(address).all("//table") == []
    DraftFactory(title="Draft", author=cast.walt)
    DraftFactory(title="In review", author=cast.walt, status=Status.IN_REVIEW)
    DraftFactory(title="Trashed", author=cast.walt, status=Status.TRASHED)
    PostFactory(title="Published", author=cast.walt)
    PostFactory(title="Scheduled", author=cast.walt, published_at=clock.now() + timedelta(days=1))
    assert sorted(walt.read(address).texts("//tbody//th")) == titles
