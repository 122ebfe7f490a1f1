"""Opening something and saving it, or sending a part of it, changes nothing else: through every door beside that of posts.

Posts have theirs in tests/posts/test_details.py.
"""

from dataclasses import asdict

import pytest

from masthead.db import db
from masthead.pages import queries as pages
from masthead.people import queries as accounts
from masthead.settings import actions as settings
from masthead.settings.navigation import written
from masthead.settings.publication import NavLink, Publication
from masthead.settings.queries import publication
from masthead.tags import queries as tags
from tests.api.conftest import Caller, as_  # noqa: F401 (a fixture)
from tests.factories import PageFactory, TagFactory

#: What every save of a page raises.
OF_THE_SAVE = {"updated_at", "version"}
PROFILE = {
    "name": "Walt W",
    "bio": "Of\r\nrivers.",
    "website": "https://w.example/?a=1&b=2",
    "avatar": "/media/ab/cd.png",
}
EVERY_SETTING = Publication(
    title="The Journal",
    tagline="Rivers & lakes",
    description="Two\nlines.",
    accent="#123456",
    language="pt-BR",
    comment_policy="all",
    posts_per_page=7,
    navigation=(NavLink("About", "/about"),),
    footer="The\nend.",
    ai_crawlers="disallow",
    robots="User-agent: Badbot\nDisallow: /",
)


def columns_of(row):
    return {
        column.key: getattr(row, column.key)
        for column in row.__table__.columns
        if column.key not in OF_THE_SAVE
    }


@pytest.fixture
def page(cast):
    return PageFactory(
        title="Imprint", slug="imprint", summary="A\nline.", body="One.\r\n\r\nTwo.\n", by=cast.edith
    )


def page_state(app, page):
    with app.app_context():
        return columns_of(pages.get(page.id))


def test_a_page_that_is_opened_and_saved_is_as_it_was(app, cast, sign_in, page):
    before = page_state(app, page)
    edith = sign_in(cast.edith)
    assert edith.fill_in(f"/admin/pages/{page.id}", button="save").status_code == 303
    assert page_state(app, page) == before


def test_fields_that_the_form_of_a_page_leaves_out_stay(app, cast, sign_in, page):
    before = page_state(app, page)
    edith = sign_in(cast.edith)
    sent = {"csrf_token": edith.form_token(), "title": "Masthead"}
    assert edith.post(f"/admin/pages/{page.id}", data=sent).status_code == 303
    assert page_state(app, page) == before | {"title": "Masthead"}


@pytest.mark.parametrize("body", [{}, {"title": "Imprint"}])
def test_patch_of_a_page_keeps_what_it_does_not_name(app, cast, as_, page, body):  # noqa: F811
    before = page_state(app, page)
    edith = as_(cast.edith)
    etag = edith("GET", "/pages/imprint").headers["ETag"]
    assert edith("PATCH", "/pages/imprint", body, etag=etag).status_code == 200
    assert page_state(app, page) == before


@pytest.fixture
def walts_profile(app, cast):
    with app.app_context():
        walt = accounts.get(cast.walt.id)
        for name, value in PROFILE.items():
            setattr(walt, name, value)
        db.session.commit()
    return cast.walt


def profile_of(app, user):
    with app.app_context():
        return columns_of(accounts.get(user.id))


def test_a_profile_that_is_opened_and_saved_is_as_it_was(app, sign_in, walts_profile):
    before = profile_of(app, walts_profile)
    walt = sign_in(walts_profile)
    assert walt.fill_in("/auth/profile", name=PROFILE["name"]).status_code == 303
    assert profile_of(app, walts_profile) == before


def test_fields_that_the_form_of_a_profile_leaves_out_stay(app, sign_in, walts_profile):
    before = profile_of(app, walts_profile)
    walt = sign_in(walts_profile)
    sent = {"csrf_token": walt.form_token(), "name": "Walt"}
    assert walt.post("/auth/profile", data=sent).status_code == 303
    assert profile_of(app, walts_profile) == before | {"name": "Walt", "name_key": "walt"}


def test_patch_of_a_profile_keeps_what_it_does_not_name(app, as_, walts_profile):  # noqa: F811
    before = profile_of(app, walts_profile)
    walt = as_(walts_profile)
    for body, change in (
        ({}, {}),
        ({"name": "Walt"}, {"name": "Walt", "name_key": "walt"}),
        ({"avatar": None}, {"avatar": None}),
    ):
        etag = walt("GET", "/auth/me").headers["ETag"]
        answer = walt("PATCH", "/auth/me", body, etag=etag)
        assert answer.status_code == 200, answer.text
        before |= change
        assert profile_of(app, walts_profile) == before


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/a.png", "/media/../secret", "/media/", "javascript:alert(1)", "/media/a b"],
)
def test_a_portrait_is_a_picture_of_this_site(as_, sign_in, walts_profile, address):  # noqa: F811
    walt = as_(walts_profile)
    etag = walt("GET", "/auth/me").headers["ETag"]
    answer = walt("PATCH", "/auth/me", {"avatar": address}, etag=etag)
    assert (answer.status_code, answer.json["errors"].keys()) == (422, {"avatar"})
    assert sign_in(walts_profile).fill_in("/auth/profile", avatar=address).status_code == 422


@pytest.fixture
def every_setting(app):
    with app.app_context():
        settings.change(**asdict(EVERY_SETTING))
        db.session.commit()


def settings_of(app):
    with app.app_context():
        return publication()


@pytest.mark.usefixtures("every_setting")
def test_settings_that_are_opened_and_saved_are_as_they_were(app, cast, sign_in):
    before = settings_of(app)
    assert before == EVERY_SETTING
    ada = sign_in(cast.ada)
    response = ada.fill_in("/admin/settings", navigation=written(EVERY_SETTING.navigation))
    assert response.status_code == 303
    assert settings_of(app) == before


@pytest.mark.usefixtures("every_setting")
def test_fields_that_the_form_of_the_settings_leaves_out_stay(app, cast, sign_in):
    before = settings_of(app)
    ada = sign_in(cast.ada)
    sent = {"csrf_token": ada.form_token(), "title": "The Journal"}
    assert ada.post("/admin/settings", data=sent).status_code == 303
    assert settings_of(app) == before


@pytest.mark.usefixtures("every_setting")
def test_patch_of_the_settings_keeps_what_it_does_not_name(app, cast, as_):  # noqa: F811
    before = settings_of(app)
    ada = as_(cast.ada)
    # What Masthead remembers by itself nobody sets.
    read = {name: value for name, value in ada("GET", "/settings").json.items() if name != "feed_origin"}
    for body in ({}, read):
        etag = ada("GET", "/settings").headers["ETag"]
        answer = ada("PATCH", "/settings", body, etag=etag)
        assert answer.status_code == 200, answer.text
        assert settings_of(app) == before


def tag_of(app, tag):
    with app.app_context():
        return columns_of(tags.get(tag.id))


def test_a_tag_that_is_saved_in_part_keeps_the_rest(app, cast, sign_in, as_):  # noqa: F811
    tag = TagFactory(name="Nature", description="All\r\nof it.")
    before = tag_of(app, tag)
    edith = sign_in(cast.edith)
    assert edith.fill_in(f"/admin/tags/{tag.id}", name="Nature").status_code == 303
    assert tag_of(app, tag) == before | {"description": "All\nof it."}
    sent = {"csrf_token": edith.form_token(), "name": "Nature"}
    assert edith.post(f"/admin/tags/{tag.id}", data=sent).status_code == 303
    caller = as_(cast.edith)
    for body in ({}, {"name": "Nature"}):
        etag = caller("GET", "/tags/nature").headers["ETag"]
        assert caller("PATCH", "/tags/nature", body, etag=etag).status_code == 200
    assert tag_of(app, tag) == before | {"description": "All\nof it."}
