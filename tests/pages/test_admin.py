import pytest

from masthead.pages import queries as pages
from tests.factories import PageFactory
from tests.support.visitors import document

PATH = "/admin/pages"


@pytest.fixture
def edith(sign_in, cast):
    return sign_in(cast.edith)


def make(edith, *, button="publish", **typed):
    """Write a page; where it is edited."""
    response = edith.fill_in(
        f"{PATH}/create", {"title": "Imprint", "body": "Who *we* are."} | typed, button=button
    )
    assert response.status_code == 303, document(response).errors
    return response.location


def test_a_published_page_is_for_everybody(edith, client):
    make(edith)
    assert "<em>we</em>" in client.get("/page/imprint").text
    assert "Imprint" in edith.get(PATH).text


def test_a_saved_page_is_not_public_until_it_is_published_and_can_be_hidden_again(edith, client):
    address = make(edith, button="save")
    assert client.get("/page/imprint").status_code == 404
    edith.fill_in(address, button="publish")
    assert client.get("/page/imprint").status_code == 200
    edith.fill_in(address, button="unpublish")
    assert client.get("/page/imprint").status_code == 404


def test_a_renamed_page_answers_301_from_every_address_it_had(edith, client):
    address = make(edith)
    for slug in ("legal", "about"):
        assert edith.fill_in(address, slug=slug, button="save").status_code == 303
    for old in ("/page/imprint", "/page/legal"):
        response = client.get(old)
        assert (response.status_code, response.location) == (301, "/about")


def test_a_taken_address_is_refused_and_the_text_kept(edith):
    make(edith)
    response = edith.fill_in(
        f"{PATH}/create", title="Second", slug="imprint", body="Long work.", button="save"
    )
    assert response.status_code == 422
    assert "Another page has, or once had, this address." in document(response).errors[0]
    assert "Long work." in response.text


def test_two_pages_of_one_title_have_two_addresses(edith, client):
    make(edith)
    make(edith)
    assert client.get("/page/imprint-2").status_code == 200


def test_a_stale_form_keeps_the_text_and_can_be_sent_again(edith, sign_in, cast, client):
    address = make(edith)
    form = edith.read(address).form({"body": ""}, "save")
    sign_in(cast.ada).fill_in(address, body="Ada was faster.", button="save")
    response = edith.post(address, data=form.filled({"body": "Edith's work."}, "save"))
    assert response.status_code == 422
    assert "Somebody else saved this page after you opened it." in response.text
    assert "Edith&#39;s work." in response.text
    again = document(response).form({"body": ""}, "save")
    assert edith.post(address, data=again.filled({}, "save")).status_code == 303
    assert "Edith's work." in client.read("/page/imprint").text("//article")


def test_of_two_who_save_the_same_page_at_once_one_is_told(sign_in, cast, in_parallel, app):
    page = PageFactory(by=cast.edith)
    address = f"{PATH}/{page.id}"
    visitors = [sign_in(cast.edith), sign_in(cast.ada)]
    forms = [(visitor, visitor.read(address).form({"body": ""}, "save")) for visitor in visitors]
    answers = []

    def save(visitor, form):
        answers.append(visitor.post(address, data=form.filled({"body": "Mine."}, "save")).status_code)

    assert not in_parallel(*(lambda pair=pair: save(*pair) for pair in forms))
    assert sorted(answers) == [303, 422]
    with app.app_context():
        assert pages.get(page.id).version == page.version + 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": " "}, "Give the page a title."),
        ({"title": "x" * 301}, "at most 300 characters"),
        ({"body": "nul \0"}, "cannot be stored"),
        ({"slug": "s" * 201}, "at most 200 characters"),
    ],
)
def test_mistakes_are_shown_and_the_text_kept(edith, typed, sentence):
    given = {"title": "Imprint", "body": "Long work."} | typed
    response = edith.fill_in(f"{PATH}/create", given, button="publish")
    assert response.status_code == 422
    assert sentence in response.text
    assert edith.read(PATH).texts("//tbody//th") == []


def test_an_expired_form_keeps_the_text(edith):
    given = {"csrf_token": "old", "title": "Imprint", "body": "Long work.", "action": "publish"}
    response = edith.post(f"{PATH}/create", data=given)
    assert response.status_code == 422
    assert "Long work." in response.text
    assert edith.read(PATH).texts("//tbody//th") == []


def test_an_unknown_page_is_404(edith):
    assert edith.get(f"{PATH}/12345").status_code == 404
    assert edith.get(f"{PATH}/{2**70}").status_code == 404


@pytest.mark.parametrize("name", ["mona", "walt", "colin", "rhea"])
def test_pages_are_closed_to_those_without_the_right(sign_in, cast, name):
    visitor = sign_in(getattr(cast, name))
    assert visitor.get(PATH).status_code == 403
    assert visitor.get(f"{PATH}/create").status_code == 403
    assert visitor.post(f"{PATH}/create", data={"title": "x"}).status_code == 403
