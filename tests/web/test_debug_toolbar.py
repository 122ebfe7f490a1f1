"""R43: the debug toolbar is a developer's, and no other configuration knows it."""

import re

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader

from masthead.app import create_app
from masthead.config import DevelopmentConfig
from tests.support.over_http import Guest

pytestmark = pytest.mark.databases("sqlite")
TOOLBAR_FILE = "/_debug_toolbar/static/css/toolbar.css"


@pytest.fixture
def development(database, tmp_path):
    app = create_app(
        DevelopmentConfig(MASTHEAD_HOME=tmp_path, DATABASE_URL=database.url, SECRET_KEY="development " * 4)
    )
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_a_page_in_development_has_the_toolbar_with_its_statements(development, new_client):
    visitor = new_client(development)
    response = visitor.get("/")
    assert 'id="flDebug"' in response.text
    statements = re.search(r"SQLAlchemy\s*<br /><small>(\d+) quer", response.text)
    assert int(statements[1]) > 0
    assert "unsafe-inline" in response.headers["Content-Security-Policy"]
    with visitor.get(TOOLBAR_FILE) as file:
        assert file.status_code == 200


def test_a_page_in_development_is_made_for_each_request(development, new_client):
    visitor = new_client(development)
    assert [visitor.get("/about").headers.get("X-Cache") for _ in range(2)] == [None, None]


def test_a_changed_template_shows_at_the_next_rendering(development, tmp_path):
    folder = tmp_path / "templates"
    folder.mkdir()
    environment = development.jinja_env
    environment.loader = ChoiceLoader([FileSystemLoader(folder), environment.loader])
    for text in ("the first", "the second, longer"):
        (folder / "probe.html").write_text(text, encoding="utf-8")
        assert environment.get_template("probe.html").render() == text


@pytest.mark.parametrize("name", ["production", "staging"])
def test_no_other_configuration_has_the_toolbar(make_live_site, name):
    site = make_live_site(FLASK_CONFIG=name)
    site.start()
    guest = Guest(site.url)
    reply = guest.ask("GET", "/")
    assert reply.status == 200
    assert "flDebug" not in reply.text
    assert "unsafe-inline" not in reply.headers["content-security-policy"]
    assert guest.ask("GET", TOOLBAR_FILE).status == 404
