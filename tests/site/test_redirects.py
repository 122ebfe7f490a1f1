import pytest

from masthead import clock
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.posts import actions as posts
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target


@pytest.fixture
def moved(app, cast):
    """A published post that once was at /2014/03/12/coming-soon/; its id."""
    with app.app_context():
        post = posts.create(render_text(title="Coming soon", body="Text."), by=cast.walt, at=clock.now())
        posts.publish(post, by=cast.walt, at=clock.now())
        redirects.keep("/2014/03/12/coming-soon/", kind=Target.POST, target_id=post.id)
        redirects.keep("/ältere/stelle.html", kind=Target.POST, target_id=post.id)
        redirects.keep_url("/elsewhere", url="https://example.org/there")
        db.session.commit()
        return post.id


@pytest.mark.parametrize(
    "path",
    [
        "/2014/03/12/coming-soon/",
        "/2014/03/12/coming-soon",
        "/2014/03/12/coming-soon/index.html",
        "/%C3%A4ltere/stelle.html",
    ],
)
def test_an_old_address_answers_301(client, moved, path):
    response = client.get(path)
    assert (response.status_code, response.location) == (301, "/blog/post/coming-soon")


def test_an_old_address_takes_one_hop_after_a_rename(client, moved, sign_in, cast):
    sign_in(cast.walt).fill_in(f"/blog/edit/{moved}", button="save", slug="here-now")
    response = client.get("/2014/03/12/coming-soon/")
    assert (response.status_code, response.location) == (301, "/blog/post/here-now")


def test_an_old_address_of_an_unpublished_post_tells_nothing(client, moved, sign_in, cast):
    sign_in(cast.walt).fill_in(f"/blog/edit/{moved}", button="unpublish")
    assert client.get("/2014/03/12/coming-soon/").status_code == 404


def test_an_old_address_can_lead_to_another_site(client, moved):
    assert client.get("/elsewhere").location == "https://example.org/there"


def test_the_slash_is_added_where_a_list_has_one(client):
    response = client.get("/blog")
    assert response.status_code in {301, 308}
    assert response.location.endswith("/blog/")


def test_other_methods_do_not_follow_old_addresses(client, moved):
    assert client.post("/2014/03/12/coming-soon/").status_code in {400, 404, 405}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2014/03/12/coming-soon/?utm_source=x", "/blog/post/coming-soon?utm_source=x"),
        ("/2014/03/12/coming-soon?a=1&a=2&b=", "/blog/post/coming-soon?a=1&a=2&b="),
        ("/blog/?page=2", None),
        ("/blog?page=2", "/blog/?page=2"),
        ("/elsewhere?utm_source=x", "https://example.org/there"),
        ("/blog/author/WALT?page=2", "/blog/author/walt?page=2"),
        ("/2014/03/12/coming-soon/?q=%22%C3%A4%22", "/blog/post/coming-soon?q=%22%C3%A4%22"),
        ('/2014/03/12/coming-soon/?q="<b>', "/blog/post/coming-soon?q=%22%3Cb%3E"),
    ],
)
def test_a_redirect_keeps_the_query(client, moved, path, expected):
    # The second answer comes from memory, which keeps one for every query.
    for _ in range(2):
        response = client.get(path)
        if expected is None:
            assert response.location is None
        else:
            assert response.status_code in {301, 308}
            assert response.location.removeprefix("http://localhost") == expected


def test_queries_of_two_readers_do_not_mix(client, moved):
    places = [client.get(f"/2014/03/12/coming-soon/?utm_source={name}").location for name in "ab"]
    assert places == [f"/blog/post/coming-soon?utm_source={name}" for name in "ab"]


def test_a_renamed_post_keeps_the_query(client, moved, sign_in, cast):
    sign_in(cast.walt).fill_in(f"/blog/edit/{moved}", button="save", slug="here-now")
    for visitor in (client, sign_in(cast.rhea)):
        assert visitor.get("/blog/post/coming-soon?reply_to=5").location == "/blog/post/here-now?reply_to=5"


def test_a_number_of_wordpress_is_found_behind_the_page_cache(app, client, moved):
    with app.app_context():
        for old in ("/?p=12", "/?page_id=7", "/old/?attachment_id=3"):
            redirects.keep(old, kind=Target.POST, target_id=moved)
        db.session.commit()
    # The pages without a number, and with one that leads nowhere, are answered first.
    for path in ("/", "/?p=99", "/?x=1"):
        assert client.get(path).status_code == 200
    for path in ("/index.php", "/index.php?p=99", "/old/"):
        assert client.get(path).status_code == 404
    for path in ("/?p=12", "/?page_id=7", "/index.php?p=12", "/old/?attachment_id=3", "/?x=1&p=12"):
        for _ in range(2):
            response = client.get(path)
            assert (path, response.status_code) == (path, 301)
            assert response.location.partition("?")[0] == "/blog/post/coming-soon"
    assert client.get("/?p=99").status_code == client.get("/").status_code == 200
