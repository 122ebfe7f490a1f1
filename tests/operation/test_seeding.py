import re

import pytest
from sqlalchemy import func, select

from masthead.comments.models import Comment
from masthead.db import db
from masthead.media.models import Media
from masthead.people.models import User
from masthead.posts.models import DailyViews, Post
from masthead.settings import actions as settings
from tests.factories import UserFactory
from tests.support.visitors import document


@pytest.fixture
def count(app):
    def rows(model):
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(model))

    return rows


def passwords_in(text):
    """Role, address and password of each account that was announced."""
    return [tuple(line.split()) for line in text.splitlines() if re.match(r"  \w+ +\S+@example\.org ", line)]


def test_sample_accounts_can_sign_in_with_what_is_printed_once(invoke, new_client, count):
    result = invoke("seed-db")
    assert result.returncode == 0, result.stderr
    accounts = passwords_in(result.stdout)
    assert [role for role, _, _ in accounts] == ["administrator", "editor", "author", "reader"]
    for _, email, password in accounts:
        response = new_client().fill_in("/auth/login", email=email, password=password)
        assert response.status_code in {302, 303}, document(response).text("//main")
    assert count(Post) == 3


def test_a_second_time_adds_nothing(invoke, count):
    invoke("seed-db")
    before = count(User), count(Post)
    result = invoke("seed-db")
    assert result.stdout == "Everything was there already; nothing was added.\n"
    assert (count(User), count(Post)) == before


def test_only_what_is_missing_is_added_again(invoke, app, count):
    invoke("seed-db")
    with app.app_context():
        post = db.session.scalars(select(Post).limit(1)).one()
        db.session.delete(post)
        db.session.commit()
    assert "Added 1 post." in invoke("seed-db").stdout
    assert count(Post) == 3


def test_where_somebody_administers_already_no_second_administrator_is_made(invoke, cast):
    roles = [role for role, _, _ in passwords_in(invoke("seed-db").stdout)]
    assert roles == ["editor", "editor", "author", "reader"]


def test_a_name_that_somebody_real_has_stops_it_with_a_sentence(invoke, count):
    UserFactory(username="sample-author", email="somebody@example.net")
    result = invoke("seed-db")
    assert result.returncode == 1
    assert "Somebody here is called 'sample-author' already." in result.stderr
    assert (count(User), count(Post)) == (1, 0)


def test_without_tables_it_says_what_to_do(masthead):
    result = masthead("seed-db")
    assert result.returncode == 1
    assert "Run `masthead db upgrade` first." in result.stderr


def test_the_demonstration_is_complete_and_the_same_after_a_second_time(
    masthead, database, app, client, count
):
    place = {"DATABASE_URL": database.url, "MEDIA_URL": app.config["MEDIA_URL"]}
    first = masthead("seed-db", "--demo", **place)
    assert first.returncode == 0, first.stderr
    assert "64 posts, 2 pages, 66 comments, 46 pictures" in first.stdout
    before = [count(model) for model in (User, Post, Comment, Media, DailyViews)]
    home = client.read("/")
    assert "Fieldglass" in home.title
    assert "/blog/tag/workshop" in home.links
    for address in {link for link in home.links if link.startswith(("/blog/post/", "/blog/tag/", "/about"))}:
        assert client.get(address).status_code == 200
    page = client.read("/blog/post/the-last-program-on-the-tide-computer")
    assert page.all("//article//math")
    for source in page.all("//article//img/@src"):
        assert client.get(source).mimetype == "image/jpeg"
    assert "turned that crank" in page.text("//body")
    assert "cheap-watches" not in client.get("/blog/post/the-ferry-that-runs-on-a-rope").text
    second = masthead("seed-db", "--demo", **place)
    assert second.stdout == "Everything was there already; nothing was added.\n"
    assert [count(model) for model in (User, Post, Comment, Media, DailyViews)] == before


def test_the_demonstration_leaves_settings_alone_that_somebody_chose(masthead, database, app, client):
    with app.app_context():
        settings.change(title="The River")
        db.session.commit()
    result = masthead("seed-db", "--demo", DATABASE_URL=database.url, MEDIA_URL=app.config["MEDIA_URL"])
    assert result.returncode == 0, result.stderr
    assert "The River" in client.read("/").title
