from datetime import UTC, datetime, timedelta

import pytest

from masthead import clock
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.posts import actions


@pytest.fixture
def publish(app, cast):
    """Publish some posts, each with its own tags, the last one newest."""

    def make(count, **options):
        with app.app_context():
            for number in range(count):
                rendered = render_text(title=f"Post {number}", body="Text.", tags=("Nature", f"Tag {number}"))
                post = actions.create(rendered, by=cast.walt, at=clock.now(), bylines=[cast.walt, cast.edith])
                actions.publish(post, by=cast.walt, at=clock.now())
                actions.backdate(post, when=datetime(2024, 3, 1, tzinfo=UTC) + timedelta(hours=number))
            db.session.commit()

    return make


@pytest.mark.parametrize("count", [3, 30])
def test_home_costs_the_same_with_more_posts(publish, client, queries, count):
    publish(count)
    client.get("/")
    # Settings; posts with bylines; tags.
    with queries.exactly(3):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("count", [3, 30])
def test_home_costs_one_query_more_when_signed_in(publish, sign_in, cast, queries, count):
    publish(count)
    rhea = sign_in(cast.rhea)
    # The account; settings; posts with bylines; tags.
    with queries.exactly(4):
        assert rhea.get("/").status_code == 200


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("path", ["/blog/", "/blog/tag/nature", "/blog/author/walt", "/blog/archive/2024/3"])
def test_lists_cost_the_same_with_more_posts(publish, client, queries, count, path):
    publish(count)
    # Settings; the tag or author; how many; posts with bylines; tags.
    with queries.exactly(5 if "tag" in path or "author" in path else 4):
        assert client.get(path).status_code == 200


def test_the_index_pages_through_everything_once(publish, client):
    publish(30)
    titles = [
        *client.read("/blog/").texts("//article//h2"),
        *client.read("/blog/?page=2").texts("//article//h2"),
    ]
    assert titles == [f"Post {number}" for number in reversed(range(30))]


@pytest.mark.parametrize(
    "page", ["0", "-1", "3", "1000000000", "9" * 30, "x", "1.0", "٣", "%00", "%ff", "1e3", "+1"]
)
@pytest.mark.parametrize("path", ["/blog/", "/blog/tag/nature", "/blog/author/walt"])
def test_a_page_that_does_not_exist_is_a_clear_4xx(publish, client, path, page):
    publish(30)
    assert client.get(f"{path}?page={page}").status_code in {400, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/blog/post/unknown",
        "/blog/tag/unknown",
        "/blog/author/unknown",
        "/blog/archive/2024/13",
        "/blog/archive/0/1",
        "/blog/archive/99999999999999999999/1",
        "/blog/archive/1999/1",
        "/blog/post/%00",
        "/blog/post/" + "x" * 10_000,
        "/page/unknown",
        "/blog/post/%ed%a0%80",
    ],
)
def test_an_unknown_address_is_a_clear_4xx(client, path):
    assert client.get(path).status_code in {400, 404, 414}


def test_the_archive_counts_months(publish, client):
    publish(3)
    assert "/blog/archive/2024/3" in client.read("/blog/archive/").links
    assert "3 posts" in client.read("/blog/archive/").text("//main")
    assert client.read("/blog/archive/2024/3").texts("//article//h2") == ["Post 2", "Post 1", "Post 0"]


def test_a_post_credits_its_authors_in_order(publish, client):
    publish(1)
    links = [link for link in client.read("/blog/post/post-0").links if link.startswith("/blog/author/")]
    assert links[:2] == ["/blog/author/walt", "/blog/author/edith"]


def test_an_author_is_found_however_the_name_is_written(publish, client):
    publish(1)
    response = client.get("/blog/author/WALT")
    assert (response.status_code, response.location) == (301, "/blog/author/walt")


def test_public_pages_start_no_session(publish, client):
    publish(1)
    for path in (
        "/",
        "/blog/",
        "/blog/post/post-0",
        "/blog/tag/nature",
        "/blog/author/walt",
        "/blog/archive/",
        "/nowhere",
    ):
        assert "Set-Cookie" not in client.get(path).headers, path
