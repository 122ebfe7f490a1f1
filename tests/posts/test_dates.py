"""The date of a post: in the past, in the future, and outside of the calendar."""

from datetime import UTC, datetime, timedelta

import pytest

from masthead import clock
from tests.factories import DraftFactory, PostFactory
from tests.posts.conftest import snapshot_of


def test_a_post_is_backdated_by_desk_and_api(app, walt, as_, cast):
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
def test_a_moment_outside_of_the_calendar_is_refused(as_, cast, moment):
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


def test_a_contributor_sets_no_date(app, as_, cast):
    DraftFactory(author=cast.colin, slug="draft")
    caller = as_(cast.colin)
    etag = caller("GET", "/posts/draft").headers["ETag"]
    answer = caller("PATCH", "/posts/draft", {"published_at": "1954-05-06T07:08:00Z"}, etag=etag)
    assert answer.status_code == 403
