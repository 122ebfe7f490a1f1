"""Names that people see hide nothing, and nobody shows somebody else's (security.md row 59)."""

import pytest
from sqlalchemy import select

from masthead.db import db
from masthead.people import queries as people
from masthead.people.models import Role, User
from masthead.settings import actions as settings
from masthead.settings.queries import publication
from masthead.text.names import tidy_name
from masthead.user_admin import role_actions
from masthead.user_admin.role_actions import RoleDraft
from tests.factories import PostFactory

HIDING = {
    "right-to-left override": "Wilma\u202eevoL",
    "isolates": "Wi\u2066lm\u2069a",
    "zero-width space": "Wi\u200blma",
    "zero-width joiner": "Wi\u200dlma\u200d",
    "byte order mark": "\ufeffWilma",
    "soft hyphen": "Wi\u00adlma",
    "line break": "Wilma\nLove\r\nlace",
    "line separator": "Wilma\u2028Lovelace",
    "tab": "Wilma\tLovelace",
    "bell": "Wi\x07lma",
    "tags": "Wilma\U000e0041",
    "filler": "Wi\u3164lma",
}


def hides(name: str) -> bool:
    return name != " ".join(name.split()) or any(
        sign in name for sign in "\u202e\u2066\u2069\u200b\u200d\ufeff\u00ad\x07\u3164"
    )


@pytest.mark.parametrize("name", HIDING.values(), ids=HIDING.keys())
def test_no_name_hides_anything(app, client, cast, sign_in, name):
    walt = sign_in(client, cast.walt)
    assert client.fill_in("/auth/profile", name=name).status_code == 303
    PostFactory(author=cast.walt, tags=[name])
    with app.test_request_context("/", method="POST"):
        ada = people.get(cast.ada.id)
        settings.change(ada, title=name, tagline=name, navigation=[{"label": name, "path": "/about"}])
        role_actions.create(RoleDraft(name, 15, frozenset()), by=ada)
        db.session.commit()
    with app.app_context():
        shown = [
            db.session.get(User, cast.walt.id).name,
            publication().title,
            publication().tagline,
            publication().navigation[0].label,
            *db.session.scalars(select(Role.title)),
        ]
    assert [text for text in shown if hides(text)] == []
    assert walt is client


@pytest.mark.parametrize("name", ["می‌خواهم", "क्‍ष", "👩‍💻", "❤️", "Zoë", "O’Brien", "李小龍", "أحمد"])
def test_names_keep_the_joiners_that_their_script_needs(name):
    assert tidy_name(name) == name


@pytest.mark.parametrize("name", ["Ada", "ADA", " ada ", "A\u200bda", "Аdа", "walt", "Ada Lovelace"])
def test_nobody_shows_the_name_of_somebody_else(app, client, cast, sign_in, name):
    with app.test_request_context("/", method="POST"):
        db.session.get(User, cast.ada.id).name = "Ada Lovelace" if "Love" in name else "Ada"
        db.session.commit()
    sign_in(client, cast.rhea)
    response = client.fill_in("/auth/profile", name=name)
    assert response.status_code == 422
    assert "Somebody else" in response.text
    answer = client.post(
        "/api/v1/auth/login", json={"email": "rhea@example.org", "password": "a lamp, a desk and a deadline"}
    )
    headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
    headers["If-Match"] = client.get("/api/v1/auth/me", headers=headers).headers["ETag"]
    assert client.patch("/api/v1/auth/me", json={"name": name}, headers=headers).status_code == 422


def test_ones_own_name_can_be_saved_again_and_be_ones_user_name(client, cast, sign_in):
    sign_in(client, cast.rhea)
    for name in ("Rhea", "Rhea", "rhea", ""):
        assert client.fill_in("/auth/profile", name=name).status_code == 303


def test_titles_and_websites_turn_nothing_of_their_neighbours(app, client, cast, sign_in):
    sign_in(client, cast.walt)
    title = "Har\u202evest\u2066 is\u200b in"
    for path in ("/blog/create", "/api/v1/posts"):
        if path.startswith("/api"):
            answer = client.post(
                "/api/v1/auth/login",
                json={"email": "walt@example.org", "password": "a lamp, a desk and a deadline"},
            )
            headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
            stored = client.post(path, json={"title": title, "body": "In."}, headers=headers).json
            assert stored["title"] == "Harvest is in"
        else:
            assert client.fill_in(path, title=title, body="In.", button="publish").status_code == 303
            assert client.read("/blog/post/harvest-is-in").text("//h1") == "Harvest is in"
    client.fill_in("/auth/profile", website="https://walt.example/\u202egpj.exe")
    with app.app_context():
        assert "\u202e" not in db.session.get(User, cast.walt.id).website
