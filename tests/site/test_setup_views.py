import pytest

from masthead.db import db
from masthead.site.setup_views import issue_token
from tests.support.visitors import document

ANSWERS = {
    "title": "The River",
    "accent": "#1b5e7a",
    "username": "ada",
    "email": "ada@example.org",
    "password": "seven wet umbrellas",
    "password_confirm": "seven wet umbrellas",
}


@pytest.fixture
def link(app):
    """A fresh set-up link."""
    with app.app_context():
        token = issue_token()
        db.session.commit()
    return f"/setup?token={token}"


def test_setup_makes_the_publication_its_about_page_and_a_signed_in_administrator(client, link, new_client):
    response = client.fill_in(link, ANSWERS)
    assert (response.status_code, response.location) == (303, "/")
    assert "The River" in client.get("/").text
    assert client.get("/admin/").status_code == 200
    outsider = new_client()
    assert outsider.get("/about").status_code == 200
    assert "The next steps" in outsider.get("/blog/post/welcome-to-the-river").text
    assert "#1b5e7a" in outsider.get("/theme.css").text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("The\r\nRiver", "The River"),
        ("The\u2028River", "The River"),
        ("The\u202e Ri\u200bver\u2069", "The River"),
        ("\u202e\u200b", None),
    ],
)
def test_the_title_hides_nothing_from_the_first_form_on(client, link, new_client, typed, shown):
    answer = client.fill_in(link, ANSWERS | {"title": typed})
    if shown is None:
        assert (answer.status_code, "Give the publication a title" in answer.text) == (422, True)
        return
    assert answer.status_code == 303
    for path in ("/", "/about", "/blog/post/welcome-to-the-river", "/feed.xml", "/feed.json"):
        page = new_client().get(path).get_data(as_text=True)
        assert shown in page
        assert not {"\u202e", "\u200b", "\u2069", "\u2028"} & set(page)


def test_the_link_works_once(client, link, new_client):
    client.fill_in(link, ANSWERS)
    assert new_client().get(link).status_code == 404
    assert new_client().post(link, data=ANSWERS).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/setup", "/setup?token=", "/setup?token=guess", "/setup?token=%00", "/setup?token=" + "x" * 9_999],
)
def test_without_the_token_there_is_nothing(client, link, address):
    assert client.get(address).status_code in {400, 404, 414}


def test_a_new_link_voids_the_one_before(client, link, app):
    with app.app_context():
        issue_token()
        db.session.commit()
    assert client.get(link).status_code == 404


def test_there_is_no_link_once_somebody_has_an_account(app, cast):
    with app.app_context():
        assert issue_token() is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", ""),
        ("title", "t" * 81),
        ("accent", "red"),
        ("accent", "#12345"),
        ("accent", "#1b5e7a;}body{display:none"),
        ("username", "a"),
        ("email", "nobody"),
        ("password", "short"),
        ("password_confirm", "another one"),
    ],
)
def test_a_mistake_is_shown_beside_its_field_and_makes_nothing(client, link, field, typed):
    response = client.fill_in(link, ANSWERS | {field: typed})
    assert response.status_code == 422
    assert document(response).error_of(field)
    assert client.fill_in(link, ANSWERS).status_code == 303


@pytest.mark.parametrize("confirmation", ["password", "other"])
def test_several_mistakes_are_shown_at_once(client, link, confirmation):
    wrong = {
        "title": "\u200b",
        "accent": "red",
        "username": "-x-",
        "email": "nonsense",
        "password": "password",
        "password_confirm": confirmation,
    }
    answer = client.fill_in(link, wrong)
    assert answer.status_code == 422
    expected = set(wrong) - ({"password_confirm"} if confirmation == "password" else set())
    assert set(document(answer).all("//*[@aria-invalid='true']/@name")) == expected


def test_of_two_people_with_the_link_one_becomes_administrator(link, new_client, in_parallel, app):
    visitors = [new_client() for _ in range(8)]
    forms = [
        visitor.read(link)
        .form({"title": ""})
        .filled(ANSWERS | {"username": f"ada{number}", "email": f"ada{number}@example.org"}, None)
        for number, visitor in enumerate(visitors)
    ]
    statuses = []
    calls = [
        lambda visitor=visitor, form=form: statuses.append(visitor.post(link, data=form).status_code)
        for visitor, form in zip(visitors, forms, strict=True)
    ]
    assert in_parallel(*calls) == []
    assert statuses.count(303) == 1
    # 503: no place left in the queue for hashing a password, which says when to try again.
    assert set(statuses) <= {303, 404, 409, 503}


def test_serve_prints_the_link_on_one_line(make_live_site):
    site = make_live_site(FLASK_CONFIG="production")
    site.start()
    lines = [line for line in site.output.splitlines() if "/setup?token=" in line]
    assert len(lines) == 1
    assert lines[0].startswith(f"{site.url}/setup?token=")
    assert "\x1b" not in lines[0]
