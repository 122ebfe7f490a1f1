import pytest

from masthead import clock
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.pages import actions


@pytest.fixture
def page(app, cast):
    """Make a page; its id."""

    def make(*, title="About", public=True):
        with app.app_context():
            made = actions.create(
                render_text(title=title, body="We write about **rivers**."), by=cast.edith, at=clock.now()
            )
            if public:
                actions.publish(made, by=cast.edith, at=clock.now())
            db.session.commit()
            return made.id

    return make


def test_about_lives_at_the_root(page, client):
    page()
    assert "<strong>rivers</strong>" in client.get("/about").text
    assert client.get("/page/about").location == "/about"


def test_about_describes_the_publication_until_somebody_writes_it(page, client, cast):
    settings_page = client.read("/about")
    assert settings_page.text("//h1") == "About Masthead"
    page()
    assert "<strong>rivers</strong>" in client.get("/about").text


def test_about_that_is_unpublished_gives_way_to_the_description(page, client, sign_in, cast):
    page(public=False)
    assert "rivers" not in client.get("/about").text
    assert "rivers" in sign_in(cast.edith).get("/about").text


def test_other_pages_live_below_page(page, client):
    page(title="Imprint")
    assert client.get("/page/imprint").status_code == 200


def test_a_hidden_page_is_only_for_those_who_may_edit_it(page, client, sign_in, cast):
    page(title="Imprint", public=False)
    assert client.get("/page/imprint").status_code == 404
    assert sign_in(cast.walt).get("/page/imprint").status_code == 404
    assert sign_in(cast.edith).get("/page/imprint").status_code == 200
