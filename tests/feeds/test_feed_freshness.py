"""What a reader gets who comes again, and when."""

from datetime import timedelta

import pytest

from masthead import clock
from tests.factories import CommentFactory, PostFactory
from tests.support.databases import pages_of
from tests.support.pages import settle

FILES = ("feed.xml", "rss.xml", "feed.json")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    "path", ["/{file}", "/blog/tag/farming/{file}", "/blog/author/walt/{file}", "/blog/post/harvest/{file}"]
)
def test_a_feed_that_the_reader_has_is_not_sent_again(client, story, path, file, time_machine):
    time_machine.move_to(clock.now() + timedelta(seconds=2))
    address = path.format(file=file)
    first = client.get(address)
    for header, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ):
        again = client.get(address, headers={header: value})
        assert (again.status_code, again.data) == (304, b"")
    assert "no-cache" in first.headers["Cache-Control"]


@pytest.mark.parametrize("file", FILES)
def test_unpublishing_shows_at_once(client, cast, sign_in, story, file):
    older = PostFactory(title="Sowing", tags=["Farming"], author=cast.walt)
    walt = sign_in(cast.walt)
    paths = [f"/{file}", f"/blog/tag/farming/{file}", f"/blog/author/walt/{file}"]
    seen = {path: client.get(path).headers for path in paths}
    walt.fill_in(f"/blog/edit/{older.id}", button="unpublish")
    for path in paths:
        for conditions in (
            {},
            {"If-None-Match": seen[path]["ETag"]},
            {"If-Modified-Since": seen[path]["Last-Modified"]},
        ):
            response = client.get(path, headers=conditions)
            assert response.status_code == 200
            assert b"Sowing" not in response.data
    walt.fill_in(f"/blog/edit/{story.id}", button="unpublish")
    assert client.get(f"/blog/post/harvest/{file}").status_code == 404


@pytest.mark.parametrize("file", FILES)
def test_a_scheduled_post_appears_by_itself(app, client, file, time_machine):
    soon = clock.now() + timedelta(hours=1)
    PostFactory(title="Tomorrow", published_at=soon)
    before = client.get(f"/{file}")
    time_machine.move_to(soon + timedelta(seconds=1), tick=False)
    after = client.get(f"/{file}", headers={"If-Modified-Since": before.headers["Last-Modified"]})
    assert after.status_code == 200
    assert b"Tomorrow" in after.data


@pytest.mark.parametrize("file", FILES)
def test_a_comment_does_not_change_the_feed_of_posts(client, story, file):
    before = client.get(f"/{file}")
    CommentFactory(post=story)
    assert client.get(f"/{file}", headers={"If-None-Match": before.headers["ETag"]}).status_code == 304


def test_a_feed_that_takes_long_is_not_taken_for_the_one_before(app, client, time_machine, monkeypatch):
    second = clock.now().replace(microsecond=0) + timedelta(seconds=10)
    cache = pages_of(app)
    make = cache._app

    def make_slowly(environ, start_response):
        answer = make(environ, start_response)
        time_machine.shift(timedelta(seconds=0.8))
        return answer

    time_machine.move_to(second + timedelta(seconds=0.9), tick=False)
    PostFactory(title="Sowing", updated_at=clock.now())
    time_machine.move_to(second + timedelta(seconds=1), tick=False)
    before = client.get("/feed.xml").headers["Last-Modified"]
    time_machine.move_to(second + timedelta(seconds=1.3), tick=False)
    PostFactory(title="Reaping", updated_at=clock.now())
    settle([app])
    with monkeypatch.context() as slow:
        slow.setattr(cache, "_app", make_slowly)
        client.get("/feed.xml")
    again = client.get("/feed.xml", headers={"If-Modified-Since": before})
    assert again.status_code == 200
    assert b"Reaping" in again.data
