"""What readers see of a post beside its text: set by desk and API, kept by whoever says nothing about it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from masthead import clock
from masthead.content.rendering import Picture
from masthead.db import db
from masthead.people.models import User
from masthead.posts import queries
from masthead.posts.models import Post, Revision, RevisionByline
from tests.api.conftest import Caller, as_  # noqa: F401 (a fixture)
from tests.factories import BylineFactory, DraftFactory, PostFactory
from tests.support.visitors import document

LEAD = Picture("/media/ab/cd.png", alt="A ferry,\non a rope", caption="At *Callow*  & beyond")
EVERYTHING = {
    "title": "Rivers",
    "slug": "rivers",
    "body": "One.\r\n\r\nTwo.\n",
    "summary": "A\nwalk.",
    "tags": ["Nature", "Walks & Talks"],
    "lead": LEAD,
    "canonical_url": "https://first.example/a?b=1&c=2",
    "language": "pt-BR",
    "translation_key": "Rivers & walks",
    "comments_open": False,
    "published_at": datetime(1954, 5, 6, 7, 8, 9, 123456, tzinfo=UTC),
}
#: What every save changes.
OF_THE_SAVE = {"updated_at", "version"}


def state_of(post_id):
    """Every column of a post, and its credits."""
    post = queries.get(post_id)
    columns = {column.key: getattr(post, column.key) for column in Post.__table__.columns}
    kept = {name: value for name, value in columns.items() if name not in OF_THE_SAVE}
    return kept | {
        "tags": [tag.name for tag in post.tags],
        "authors": [user.username for user in post.bylines],
    }


@pytest.fixture
def full_post(cast):
    guest = BylineFactory(username="jane-doe", name="Jane Doe, Jr.")
    return PostFactory(author=cast.walt, bylines=[guest, cast.walt, cast.edith], **EVERYTHING)


@pytest.fixture
def walt(sign_in, cast):
    return sign_in(cast.walt)


def snapshot_of(app, post):
    with app.app_context():
        return state_of(post.id)


def test_open_and_save_changes_nothing(app, walt, full_post):
    before = snapshot_of(app, full_post)
    assert walt.fill_in(f"/blog/edit/{full_post.id}", button="save").status_code == 303
    assert snapshot_of(app, full_post) == before


def test_fields_that_a_form_leaves_out_stay(app, walt, full_post):
    before = snapshot_of(app, full_post)
    token = walt.form_token()
    response = walt.post(f"/blog/edit/{full_post.id}", data={"csrf_token": token, "title": "Brooks"})
    assert response.status_code == 303
    assert snapshot_of(app, full_post) == before | {"title": "Brooks"}


def test_put_with_what_get_answers_changes_nothing(app, as_, cast, full_post):  # noqa: F811
    walt = as_(cast.walt)
    before = snapshot_of(app, full_post)
    read = walt("GET", "/posts/rivers")
    names = (
        "title", "slug", "body", "summary", "tags", "canonical_url", "language", "translation_key", "comments_open",
        "lead_image", "published_at", "status",
    )  # fmt: skip
    body = {name: read.json[name] for name in names}
    body["authors"] = [person["username"] for person in read.json["authors"]]
    answer = walt("PUT", "/posts/rivers", body, etag=read.headers["ETag"])
    assert answer.status_code == 200, answer.text
    assert snapshot_of(app, full_post) == before


@pytest.mark.parametrize("body", [{}, {"title": "Rivers"}, {"note": "Nothing."}, {"lead_image": {}}])
def test_patch_keeps_what_it_does_not_name(app, as_, cast, full_post, body):  # noqa: F811
    walt = as_(cast.walt)
    before = snapshot_of(app, full_post)
    etag = walt("GET", "/posts/rivers").headers["ETag"]
    answer = walt("PATCH", "/posts/rivers", body, etag=etag)
    assert answer.status_code == 200, answer.text
    assert snapshot_of(app, full_post) == before


def test_put_replaces_what_it_leaves_out(app, as_, cast, full_post):  # noqa: F811
    edith = as_(cast.edith)
    etag = edith("GET", "/posts/rivers").headers["ETag"]
    answer = edith("PUT", "/posts/rivers", {"title": "Rivers", "body": "x"}, etag=etag)
    assert answer.status_code == 200, answer.text
    assert [person["username"] for person in answer.json["authors"]] == ["walt"]
    assert answer.json["author"]["username"] == "walt"
    found = {
        name: answer.json[name]
        for name in ("lead_image", "canonical_url", "language", "translation_key", "comments_open", "tags")
    }
    assert found == {
        "lead_image": None, "canonical_url": None, "language": None, "translation_key": None, "comments_open": True,
        "tags": [],
    }  # fmt: skip


def test_everything_is_set_by_the_api(as_, cast):  # noqa: F811
    edith = as_(cast.edith)
    body = {
        "title": "Lakes",
        "body": "x",
        "authors": ["walt", "Jane Guest", "edith"],
        "canonical_url": "https://first.example/lakes",
        "language": "de",
        "translation_key": "lakes",
        "comments_open": False,
        "lead_image": {"url": "/media/ab/cd.png", "alt": "A lake", "caption": "Deep."},
        "status": "published",
        "published_at": "1954-05-06T07:08:09+02:00",
        "note": "First words.",
    }
    made = edith("POST", "/posts", body)
    assert made.status_code == 201, made.text
    read = edith("GET", "/posts/lakes").json
    assert [person["name"] for person in read["authors"]][1] == "Jane Guest"
    assert [person["username"] for person in read["authors"]] == ["walt", "jane-guest", "edith"]
    assert read["author"]["username"] == "edith"
    for name in ("canonical_url", "language", "translation_key", "comments_open", "lead_image"):
        assert read[name] == body[name]
    assert read["published_at"] == made.json["published_at"] == "1954-05-06T05:08:09Z"
    assert edith("GET", "/posts/lakes/revisions/1").json["note"] == "First words."


def test_parts_of_the_lead_picture_are_changed_alone(as_, cast, full_post):  # noqa: F811
    walt = as_(cast.walt)
    changes = [
        ({"alt": "A boat"}, {"url": LEAD.url, "alt": "A boat", "caption": LEAD.caption}),
        ({"url": "/media/new.png"}, {"url": "/media/new.png", "alt": "", "caption": ""}),
        (None, None),
    ]
    for change, expected in changes:
        etag = walt("GET", "/posts/rivers").headers["ETag"]
        answer = walt("PATCH", "/posts/rivers", {"lead_image": change}, etag=etag)
        assert (answer.status_code, answer.json["lead_image"]) == (200, expected)


def test_everything_is_set_at_the_desk(app, walt, client):
    typed = {
        "title": "Lakes",
        "body": "Deep.",
        "authors": "walt, Jane Guest",
        "canonical_url": "https://first.example/lakes",
        "language": "de",
        "lead_image": "/media/ab/cd.png",
        "lead_alt": "A lake",
        "lead_caption": "Deep.",
        "comments_open": False,
        "published_at": "1954-05-06T07:08",
        "revision_note": "First words.",
    }
    response = walt.fill_in("/blog/create", typed, button="publish")
    assert response.status_code == 303, document(response).errors
    page = client.read("/blog/post/lakes")
    assert page.all("//article/@lang") == ["de"]
    assert page.all("//link[@rel='canonical']/@href") == ["https://first.example/lakes"]
    assert page.all("//article//img/@alt")[0] == "A lake"
    assert "Jane Guest" in page.text("//article")
    assert "1954" in page.text("//article")
    with app.app_context():
        post = queries.by_slug("lakes")
        assert post.comments_open is False
        assert [user.username for user in post.bylines] == ["walt", "jane-guest"]
        assert db.session.scalar(queries.revisions_of(post)).note == "First words."


def test_a_box_that_is_cleared_closes_the_comments_and_a_cleared_field_is_empty(app, walt, cast):
    post = PostFactory(author=cast.walt, language="de", tags=["Nature"], lead=LEAD)
    walt.fill_in(
        f"/blog/edit/{post.id}", button="save", comments_open=False, language="", tags="", lead_image="",
        lead_alt="", lead_caption="",
    )  # fmt: skip
    state = snapshot_of(app, post)
    assert (state["comments_open"], state["language"], state["tags"]) == (False, None, [])
    assert (state["lead_image"], state["lead_alt"], state["lead_caption"]) == (None, "", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("canonical_url", "javascript:alert(1)"),
        ("canonical_url", "/only/a/path"),
        ("canonical_url", 'https://e.example/"><script>'),
        ("language", "german"),
        ("language", "de_DE"),
        ("authors", "walt, nobody"),
        ("authors", "walt, rhea"),
        ("authors", "walt, " + "x y" * 40),
        ("lead_image", "javascript:alert(1)"),
        ("lead_image", "/media/../secret"),
        ("lead_image", "cd.png"),
        ("published_at", "0000-01-01T00:00"),
        ("revision_note", "x" * 501),
    ],
)
def test_a_wrong_value_is_named_beside_its_field(walt, cast, field, value):
    post = PostFactory(author=cast.walt)
    response = walt.fill_in(f"/blog/edit/{post.id}", {field: value}, button="save")
    assert response.status_code == 422
    assert document(response).error_of(field)


def test_words_about_no_picture_are_refused(walt, cast):
    post = PostFactory(author=cast.walt)
    response = walt.fill_in(f"/blog/edit/{post.id}", lead_alt="A lake", button="save")
    assert document(response).error_of("lead_image")


@pytest.mark.parametrize("name", ["walt", "WALT", "@walt"])
def test_a_user_name_is_known_however_it_is_written(app, sign_in, cast, name):
    post = PostFactory(author=cast.edith)
    sign_in(cast.edith).fill_in(f"/blog/edit/{post.id}", authors=f"edith, {name}", button="save")
    assert snapshot_of(app, post)["authors"] == ["edith", "walt"]


def test_a_guest_is_made_once_and_a_single_name_needs_quotation_marks(app, sign_in, cast):
    posts = PostFactory.create_batch(2, author=cast.edith)
    edith = sign_in(cast.edith)
    for post in posts:
        edith.fill_in(f"/blog/edit/{post.id}", authors='Jane Guest, "Prince"', button="save")
    with app.app_context():
        guests = db.session.scalars(select(User).where(User.is_byline)).all()
    assert {user.name for user in guests} == {"Jane Guest", "Prince"}
    assert [snapshot_of(app, post)["authors"] for post in posts] == [["jane-guest", "prince"]] * 2


@pytest.mark.parametrize(
    ("present", "wanted", "status"),
    [
        # Among those who are credited, before and after.
        (["walt"], "walt, edith", 303),
        (["edith", "walt"], "walt, edith", 303),
        # To others alone.
        (["walt"], "edith", 422),
        # Of a post that does not credit them.
        (["edith"], "walt", 422),
        (["edith"], "edith, walt", 422),
        (["edith"], "Jane Guest", 422),
        # Nothing has changed.
        (["edith"], "edith", 303),
    ],
)
def test_who_may_credit_whom(app, walt, cast, present, wanted, status):
    people = {"walt": cast.walt, "edith": cast.edith}
    post = PostFactory(author=cast.walt, bylines=[people[name] for name in present])
    response = walt.fill_in(f"/blog/edit/{post.id}", authors=wanted, button="save")
    assert response.status_code == status
    after = wanted.split(", ") if status == 303 else present
    assert snapshot_of(app, post)["authors"] == after
    with app.app_context():
        assert db.session.scalar(select(User).where(User.is_byline)) is None


def test_a_post_is_backdated_by_desk_and_api(app, walt, as_, cast):  # noqa: F811
    post = PostFactory(author=cast.walt, slug="old")
    walt.fill_in(f"/blog/edit/{post.id}", published_at="0999-02-28T10:00", button="save")
    assert snapshot_of(app, post)["published_at"] == datetime(999, 2, 28, 10, tzinfo=UTC)
    caller = as_(cast.walt)
    for moment in ("0001-01-01T00:00:00Z", "1954-05-06T00:00:00Z"):
        etag = caller("GET", "/posts/old").headers["ETag"]
        assert (
            caller("PATCH", "/posts/old", {"published_at": moment}, etag=etag).json["published_at"] == moment
        )


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "0000-01-01T00:00:00Z"]
)
def test_a_moment_outside_of_the_calendar_is_refused(as_, cast, moment):  # noqa: F811
    body = {"title": "x", "body": "x", "status": "published", "published_at": moment}
    answer = as_(cast.walt)("POST", "/posts", body)
    assert (answer.status_code, answer.json["errors"].keys()) == (422, {"published_at"})


@pytest.mark.parametrize("year", [1, 999, 1954, 9999])
def test_pages_show_a_post_of_any_year(client, cast, year):
    PostFactory(author=cast.walt, slug="far", published_at=datetime(year, 1, 1, tzinfo=UTC))
    expected = 200 if year < 2026 else 404
    assert client.get("/blog/post/far").status_code == expected
    for path in (
        "/",
        "/blog/",
        "/blog/archive/",
        "/feed.xml",
        "/feed.json",
        "/sitemap.xml",
        "/blog/author/walt",
    ):
        assert client.get(path).status_code in {200, 301, 302, 303, 308}, path


def test_a_public_post_whose_date_lies_ahead_is_scheduled(app, walt, client, cast):
    post = PostFactory(author=cast.walt, slug="later")
    when = clock.now() + timedelta(days=2)
    response = walt.fill_in(f"/blog/edit/{post.id}", published_at=f"{when:%Y-%m-%dT%H:%M}", button="save")
    assert response.status_code == 303
    assert client.get("/blog/post/later").status_code == 404


def test_a_draft_keeps_its_date_until_it_is_published(app, walt, cast):
    post = DraftFactory(author=cast.walt)
    walt.fill_in(f"/blog/edit/{post.id}", published_at="1954-05-06T07:08", button="save")
    walt.fill_in(f"/blog/edit/{post.id}", button="publish")
    assert snapshot_of(app, post)["published_at"] == datetime(1954, 5, 6, 7, 8, tzinfo=UTC)


def test_a_contributor_sets_no_date(app, as_, cast):  # noqa: F811
    DraftFactory(author=cast.colin, slug="draft")
    caller = as_(cast.colin)
    etag = caller("GET", "/posts/draft").headers["ETag"]
    answer = caller("PATCH", "/posts/draft", {"published_at": "1954-05-06T07:08:00Z"}, etag=etag)
    assert answer.status_code == 403


def test_a_comma_in_a_tag_is_refused_everywhere(as_, cast):  # noqa: F811
    edith = as_(cast.edith)
    made = edith("POST", "/posts", {"title": "x", "body": "x", "tags": ["Paris, France"]})
    assert (made.status_code, made.json["errors"].keys()) == (422, {"tags"})
    assert edith("POST", "/tags", {"name": "Paris, France"}).status_code == 422
    edith("POST", "/posts", {"title": "Rivers", "body": "x", "tags": ["Nature"]})
    etag = edith("GET", "/posts/rivers").headers["ETag"]
    assert edith("PATCH", "/posts/rivers", {"tags": ["a,b"]}, etag=etag).status_code == 422


def revision_of(post_id, number):
    statement = (
        select(Revision)
        .where(Revision.post_id == post_id, Revision.number == number)
        .options(
            undefer(Revision.body),
            selectinload(Revision.byline_rows).options(joinedload(RevisionByline.user)),
        )
    )
    return db.session.scalars(statement).one()


def test_a_revision_holds_what_readers_see(app, walt, full_post):
    walt.fill_in(f"/blog/edit/{full_post.id}", button="save", revision_note="Nothing new.")
    with app.app_context():
        post, revision = queries.get(full_post.id), revision_of(full_post.id, 2)
        columns = set(Revision.__table__.columns.keys())
        alike = columns & set(Post.__table__.columns.keys()) - {"id", "created_at", "author_id"}
        for name in alike:
            assert getattr(revision, name) == getattr(post, name), name
        assert [user.username for user in revision.bylines] == ["jane-doe", "walt", "edith"]
        assert (revision.note, revision.is_whole) == ("Nothing new.", True)
        shown = {column.key for column in Post.__table__.columns}
        made_of_the_text = {"html", "excerpt", "toc", "words", "reading_minutes"}
        of_the_life = {
            "id",
            "created_at",
            "updated_at",
            "trashed_at",
            "views",
            "comment_count",
            "version",
            "author_id",
        }
        assert shown - made_of_the_text - of_the_life <= columns


@pytest.mark.parametrize("door", ["desk", "api"])
def test_an_earlier_state_is_restored_whole(app, sign_in, as_, cast, full_post, door):  # noqa: F811
    edith = sign_in(cast.edith)
    edith.fill_in(f"/blog/edit/{full_post.id}", button="save")
    before = snapshot_of(app, full_post)
    edith.fill_in(
        f"/blog/edit/{full_post.id}", button="save", title="Other", body="Other.", tags="Else", authors="edith",
        language="", canonical_url="", lead_image="", lead_alt="", lead_caption="", comments_open=True, summary="",
        published_at="2001-01-01T00:00",
    )  # fmt: skip
    assert snapshot_of(app, full_post) != before
    if door == "desk":
        path = f"/blog/edit/{full_post.id}/history"
        assert edith.fill_in(path, action=f"{path}/2/restore").status_code == 303
    else:
        answer = as_(cast.edith)("POST", "/posts/rivers/revisions/2/restore")
        assert (answer.status_code, answer.json["title"]) == (200, "Rivers")
    assert snapshot_of(app, full_post) == before
    with app.app_context():
        assert revision_of(full_post.id, 4).note == "Restored from revision 2"


def test_the_history_is_for_those_who_may_edit_the_post(sign_in, cast, client, as_):  # noqa: F811
    post = DraftFactory(author=cast.walt, slug="draft", body="Hidden words.")
    path = f"/blog/edit/{post.id}/history"
    walt = sign_in(cast.walt)
    assert "Hidden words." in walt.read(f"{path}/1").text("//pre")
    assert walt.get(f"{path}/2").status_code == 404
    assert walt.get(f"{path}/99999999999999").status_code == 404
    assert sign_in(cast.colin).get(path).status_code == 404
    assert client.get(path).status_code in {302, 303}
    assert as_(cast.colin)("POST", "/posts/draft/revisions/1/restore").status_code == 404
    assert as_(cast.walt)("POST", "/posts/draft/revisions/9/restore").status_code == 404


def test_one_who_is_not_credited_restores_the_text_and_leaves_the_bylines(app, walt, cast):
    post = PostFactory(author=cast.walt, bylines=[cast.edith], body="First.", slug="x")
    with app.app_context():
        assert [user.username for user in revision_of(post.id, 1).bylines] == ["edith"]
    walt.fill_in(f"/blog/edit/{post.id}", button="save", body="Second.")
    path = f"/blog/edit/{post.id}/history"
    walt.fill_in(path, action=f"{path}/1/restore")
    state = snapshot_of(app, post)
    assert (state["body"], state["authors"]) == ("First.", ["edith"])
