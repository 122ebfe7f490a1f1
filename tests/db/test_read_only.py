"""A database that can only be read: pages and search go on, and what would be written is refused with a sentence."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import NotSupportedError

from masthead import clock
from masthead.api_tokens import personal_tokens
from masthead.db import db, failure_of
from masthead.login.models import LoginSession
from masthead.people import queries
from masthead.posts import view_counter
from masthead.posts.models import Post
from tests.factories import PostFactory
from tests.support.people import PASSWORD

SENTENCE = "The site can be read, but nothing can be saved right now."
PAGES = ["/", "/blog/", "/dashboard", "/blog/my-posts", "/blog/create", "/search?q=harvest", "/auth/security"]


@contextmanager
def only_readable(app):
    """Every transaction of this block fails when it writes, as on a disk that was remounted or on a standby."""
    with app.app_context():
        engine = db.engine
    statement = "PRAGMA query_only = 1" if engine.dialect.name == "sqlite" else "SET TRANSACTION READ ONLY"

    def refuse(connection):
        connection.exec_driver_sql(statement)

    event.listen(engine, "begin", refuse)
    try:
        yield
    finally:
        event.remove(engine, "begin", refuse)
        engine.dispose()


def let_notes_be_due(app):
    with app.app_context():
        db.session.execute(update(LoginSession).values(last_used_at=clock.now() - timedelta(minutes=5)))
        db.session.commit()


@pytest.fixture
def post(cast):
    return PostFactory(author=cast.walt, title="Harvest", body="All is in.")


@pytest.mark.parametrize("path", [*PAGES, "/blog/post/harvest"])
def test_pages_and_search_go_on_for_somebody_signed_in(app, client, cast, sign_in, post, path):
    sign_in(client, cast.walt)
    let_notes_be_due(app)
    with only_readable(app):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/blog/post/harvest", "/search?q=harvest", "/feed.xml", "/auth/login"])
def test_pages_and_search_go_on_for_strangers(app, client, post, path):
    with only_readable(app):
        assert client.get(path).status_code == 200


def test_api_goes_on_for_a_token_whose_use_would_be_noted(app, client, cast, post):
    with app.app_context():
        walt = queries.get(cast.walt.id)
        _, secret = personal_tokens.create(walt, name="mine", scopes=["posts:read"], days=1)
        db.session.commit()
    with only_readable(app):
        response = client.get("/api/v1/posts", headers={"Authorization": f"Bearer {secret}"})
    assert response.status_code == 200


def test_login_whose_rights_changed_goes_on_and_gets_its_new_id_later(app, client, cast, sign_in):
    sign_in(client, cast.walt)
    with app.app_context():
        db.session.execute(update(LoginSession).values(rights="others"))
        db.session.commit()
    before = client.get_cookie("session")
    with only_readable(app):
        assert client.get("/dashboard").status_code == 200
        assert client.get("/dashboard").status_code == 200
    assert client.get("/dashboard").status_code == 200
    assert client.get_cookie("session") != before


@pytest.mark.parametrize("accept", ["text/html", "application/json"], ids=["people", "programs"])
def test_what_cannot_be_saved_is_told_in_a_sentence(app, client, cast, sign_in, accept, capsys):
    sign_in(client, cast.walt)
    let_notes_be_due(app)
    data = (
        client.read("/blog/create").form({"title": ""}).filled({"title": "New", "body": "Words."}, "publish")
    )
    capsys.readouterr()
    with only_readable(app):
        response = client.post("/blog/create", data=data, headers={"Accept": accept})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert SENTENCE in response.text
    told = capsys.readouterr().err
    assert told.count("the database cannot be used") == 1
    assert "Traceback" not in told
    assert client.post("/blog/create", data=data).status_code == 303


def test_signing_in_is_told_in_a_sentence(app, client, cast):
    typed = {"email": cast.walt.email, "password": PASSWORD}
    data = client.read("/auth/login").form({"email": ""}).filled(typed, None)
    with only_readable(app):
        page, problem = client.post("/auth/login", data=data), client.post("/api/v1/auth/login", json=typed)
    assert (page.status_code, problem.status_code) == (503, 503)
    assert SENTENCE in page.text
    assert problem.json["detail"].startswith(SENTENCE)


def test_readings_are_counted_later(app, client, post):
    view_counter.count(app, post.id)
    with only_readable(app):
        view_counter.flush(app)
    view_counter.flush(app)
    with app.app_context():
        assert db.session.scalar(select(Post.views).where(Post.id == post.id)) == 1


def test_command_says_that_the_database_can_only_be_read(app, invoke):
    with only_readable(app):
        result = invoke("user", "create", "nora", "n@example.org", "--password", "a lamp and a deadline")
    assert result.returncode == 1
    assert "can only be read" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.databases("postgresql")
def test_statement_that_is_not_supported_is_a_mistake_of_ours(app):
    with app.app_context(), pytest.raises(NotSupportedError) as raised:
        db.session.execute(text("SELECT count(*) FROM post FOR UPDATE"))
    assert failure_of(raised.value) is None
