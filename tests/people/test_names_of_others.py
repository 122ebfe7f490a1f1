"""Nobody gets the shown name of somebody else, or one that looks like it, at any door (security.md rows 59 and 63)."""

import json

import pytest
from sqlalchemy import event, select

from masthead.db import db
from masthead.people.models import User
from tests.factories import PostFactory
from tests.importing.conftest import written
from tests.support.people import PASSWORD

NEW = "seven ships of state"
#: What the eye takes for Coco, whom Ada shows herself as, and can be a user name.
ALIKE = ["coco", "COCO", "\u0441\u043e\u0441\u043e", "\uff23oco"]


@pytest.fixture
def coco(app, cast):
    with app.app_context():
        db.session.get(User, cast.ada.id).name = "Coco"
        db.session.commit()


def bearer(client, user):
    answer = client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def names(app):
    with app.app_context():
        return sorted(user.display_name for user in db.session.scalars(select(User)))


@pytest.mark.parametrize("name", ALIKE)
def test_no_door_makes_somebody_who_looks_like_another(app, coco, cast, new_client, sign_in, invoke, name):
    before = names(app)
    visitor, headers = new_client(), bearer(new_client(), cast.ada)
    typed = {"password": NEW, "password_confirm": NEW}
    account = {"username": name, "email": "nina@example.org", "password": NEW}
    shown = account | {"username": "nina", "name": name}
    answers = {
        "registration": visitor.fill_in("/auth/register", username=name, email="nina@example.org", **typed),
        "registration by the API": visitor.post("/api/v1/auth/register", json=account),
        "account by the API": visitor.post("/api/v1/users", json=account, headers=headers),
        "name of an account by the API": visitor.post("/api/v1/users", json=shown, headers=headers),
    }
    link = invoke("user", "invite", "nora@example.org", "--role", "author").stdout.strip()
    answers["invitation"] = visitor.fill_in(link.removeprefix("http://localhost"), username=name, **typed)
    walt = visitor.get(f"/api/v1/users/{cast.walt.id}", headers=headers)
    matching = headers | {"If-Match": walt.headers["ETag"]}
    answers["profile by an administrator"] = visitor.patch(
        f"/api/v1/users/{cast.walt.id}", json={"name": name}, headers=matching
    )
    rhea = sign_in(new_client(), cast.rhea)
    answers["profile"] = rhea.fill_in("/auth/profile", name=name)
    assert {door: answer.status_code for door, answer in answers.items()} == dict.fromkeys(answers, 422)
    for arguments in ((name, "nina@example.org"), ("nina", "nina@example.org", "--name", name)):
        result = invoke("user", "create", *arguments, "--password", NEW)
        assert (result.returncode, "choose another" in result.stderr.lower()) == (1, True)
    assert names(app) == before


@pytest.mark.parametrize(
    "name", ["Coco", "coco", "\u0441\u043e\u0441\u043e", '"Coco"', "“\u0421\u043e\u0441\u043e”"]
)
def test_a_guest_who_is_called_like_a_writer_is_the_writer(app, coco, cast, sign_in, name):
    edith = sign_in(cast.edith)
    before = names(app)
    answer = edith.fill_in("/blog/create", title="Harvest", body="In.", authors=name, button="publish")
    assert answer.status_code == 303
    assert names(app) == before
    assert "Coco" in edith.read("/blog/post/harvest").text("//*[@class='byline']")


@pytest.mark.parametrize("name", ['"Rhea R"', '"RHEA R"', "Rhea R", '"rhea"'])
def test_a_guest_is_not_called_like_a_reader(app, cast, new_client, sign_in, name):
    with app.app_context():
        db.session.get(User, cast.rhea.id).name = "Rhea R"
        db.session.commit()
    before = names(app)
    edith = sign_in(cast.edith)
    answer = edith.fill_in("/blog/create", title="Harvest", body="In.", authors=name, button="save")
    assert answer.status_code == 422
    headers = bearer(new_client(), cast.edith)
    posted = {"title": "Harvest", "body": "In.", "authors": [name]}
    assert new_client().post("/api/v1/posts", json=posted, headers=headers).status_code == 422
    assert names(app) == before


def test_an_import_tells_its_bylines_from_people_with_accounts(app, coco, cast, invoke, tmp_path):
    texts = {
        "_config.yml": "",
        "_posts/2024-01-01-a.md": "---\ntitle: A\nauthor: Coco\n---\nText.\n",
        "_posts/2024-01-02-b.md": "---\ntitle: B\nauthor: Grace Hopper\n---\nText.\n",
        "_posts/2024-01-03-c.md": "---\ntitle: C\nauthor: \u0421\u043e\u0441\u043e\n---\nText.\n",
        "_posts/2024-01-04-d.md": '---\ntitle: D\nauthor: "Gr\\u202eace\\u200b Bell"\n---\nText.\n',
    }
    report = tmp_path / "report.json"
    folder = str(written(tmp_path / "site", texts))
    options = ("--report", str(report), "--processes", "1")
    assert invoke("import", "markdown", folder, *options).returncode == 0
    made = set(names(app)) - {user.name for user in vars(cast).values()} - {"Coco"}
    assert made == {"Coco (coco)", "\u0421\u043e\u0441\u043e (soso)", "Grace Hopper", "Grace Bell"}
    problems = json.loads(report.read_text())["problems"]
    assert len([line for line in problems if "somebody with an account" in line]) == 2
    assert invoke("import", "markdown", folder, *options).returncode == 0
    assert json.loads(report.read_text())["problems"] == []


def test_nobody_is_called_like_those_who_left(client, cast, sign_in):
    sign_in(client, cast.rhea)
    assert client.fill_in("/auth/profile", name="Former  MEMBER").status_code == 422


def test_of_two_who_choose_one_name_at_once_one_gets_it(app, cast, new_client, sign_in, in_parallel):
    people = {"walt": "Coco", "rhea": "\u0421oco", "mona": "\u0441\u043e\u0441\u043e", "colin": "COCO"}
    visitors = {name: sign_in(new_client(), getattr(cast, name)) for name in people}
    codes = {}

    def choose(name):
        codes[name] = visitors[name].fill_in("/auth/profile", name=people[name]).status_code

    assert in_parallel(*(lambda name=name: choose(name) for name in people)) == []
    assert sorted(codes.values()) == [303, 422, 422, 422]


def test_the_name_of_somebody_else_is_found_in_an_index(app, client, cast, sign_in):
    """One statement, whose cost does not grow with the people."""
    sign_in(client, cast.rhea)
    with app.app_context():
        engine = db.engine
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2:4]))
    assert client.fill_in("/auth/profile", name="Rosalind").status_code == 303
    checks = [(text, values) for text, values in asked if "name_key =" in text and text.startswith("SELECT")]
    assert len(checks) == 1
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {checks[0][0]}", checks[0][1]).all()
        assert [row[3] for row in plan if "SCAN" in row[3]] == []


@pytest.mark.parametrize("sign", ["\ufdfa", "\ufdfb"])
def test_a_name_of_signs_that_stand_for_phrases_is_no_error(client, new_client, cast, sign_in, sign):
    typed = {"email": "nina@example.org", "password": NEW, "password_confirm": NEW}
    assert client.fill_in("/auth/register", username=sign * 20, **typed).status_code == 422
    rhea = sign_in(new_client(), cast.rhea)
    assert rhea.fill_in("/auth/profile", name=sign * 80).status_code == 303
    walt = sign_in(new_client(), cast.walt)
    assert walt.fill_in("/auth/profile", name=sign * 79).status_code == 422
    tagged = {"title": sign * 200, "body": "In.", "tags": sign * 60, "button": "save"}
    assert walt.fill_in("/blog/create", **tagged).status_code == 422
    PostFactory(author=cast.walt, title=sign * 200)
