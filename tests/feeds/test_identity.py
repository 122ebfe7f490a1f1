"""Ids of feeds and entries stay the same when a site moves to another domain."""

import json

import pytest

from masthead.feeds import identity
from masthead.operation import startup
from tests.factories import CommentFactory, PostFactory
from tests.support.pages import settle

FEEDS = (
    "/feed.json",
    "/feed.xml",
    "/rss.xml",
    "/blog/tag/harvest/feed.xml",
    "/blog/author/walt/feed.xml",
    "/blog/post/harvest/feed.xml",
)


@pytest.fixture
def moved_to(make_app, new_client, cast):
    """A visitor of the site after its start with this address."""
    post = PostFactory(title="Harvest", author=cast.walt, tags=["Harvest"])
    CommentFactory(post=post)
    apps = []

    def start(address):
        app = make_app(SITE_URL=address)
        startup.begin(app)
        apps.append(app)
        settle(apps)
        return new_client(app)

    return start


def ids(visitor, path):
    body = visitor.get(path).data
    if path.endswith("json"):
        return [item["id"] for item in json.loads(body)["items"]]
    text = body.decode()
    mark = ("<guid", "</guid>") if path.startswith("/rss") else ("<id>", "</id>")
    return [part.split(mark[1])[0] for part in text.split(mark[0])[1:]]


@pytest.mark.parametrize("path", FEEDS)
def test_ids_stay_when_the_domain_changes(moved_to, path):
    before = ids(moved_to("http://news.example"), path)
    moved = moved_to("http://other.example:8080")
    assert before
    assert all("news.example" in identity_ for identity_ in before)
    assert ids(moved, path) == before
    assert "http://other.example:8080/blog/post/harvest" in moved.get(path).text


def test_ids_of_a_trial_on_one_machine_are_not_kept(moved_to):
    assert "tag:localhost," in ids(moved_to("http://localhost"), "/feed.json")[0]
    assert "tag:news.example," in ids(moved_to("http://news.example"), "/feed.json")[0]
    assert "tag:news.example," in ids(moved_to("http://localhost"), "/feed.json")[0]


def test_start_without_tables_settles_nothing(scratch_app):
    startup.begin(scratch_app)


@pytest.mark.parametrize(
    ("host", "is_public"),
    [
        ("news.example", True),
        ("NEWS.EXAMPLE.", True),
        ("xn--bcher-kva.example", True),
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("localhost", False),
        ("press.localhost", False),
        ("newsroom", False),
        ("mac.local", False),
        ("blog.internal", False),
        ("nas.home.arpa", False),
        ("127.0.0.1", False),
        ("192.168.1.10", False),
        ("::1", False),
        ("", False),
    ],
)
def test_is_public_host(host, is_public):
    assert identity.is_public_host(host) is is_public
