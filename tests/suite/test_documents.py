import pytest

from tests.support.documents import Document

PAGE = """<!doctype html><title>Desk</title>
<form method="post" action="/logout"><input type="hidden" name="csrf_token" value="t1"><button>Sign out</button></form>
<form method="post">
  <input type="hidden" name="csrf_token" value="t2">
  <input name="title" value="Old" aria-invalid="true" aria-describedby="title-hint title-error">
  <p id="title-hint">Short.</p><p id="title-error" class="error">A post needs a title.</p>
  <textarea name="body">
Text</textarea>
  <select name="policy"><option value="open">Open<option value="closed" selected>Closed</select>
  <input type="checkbox" name="pinned"><input type="checkbox" name="listed" value="yes" checked>
  <input type="file" name="picture"><input name="off" value="x" disabled>
  <button name="action" value="save">Save</button><button name="action" value="publish">Publish</button>
</form>"""


@pytest.fixture
def page():
    return Document(PAGE)


def test_an_untouched_form_sends_what_a_browser_would_send(page):
    form = page.form({"title": ""})
    assert form.filled({}, None) == {
        "csrf_token": ["t2"],
        "title": ["Old"],
        "body": ["Text"],
        "policy": ["closed"],
        "listed": ["yes"],
    }


def test_typing_ticking_and_pressing_change_what_is_sent(page):
    typed = {"title": "New", "pinned": True, "listed": False}
    sent = page.form(typed, "publish").filled(typed, "publish")
    assert sent["title"] == ["New"]
    assert sent["pinned"] == ["on"]
    assert "listed" not in sent
    assert sent["action"] == ["publish"]


def test_a_form_without_the_named_fields_is_no_candidate(page):
    with pytest.raises(AssertionError, match="0 forms have the fields"):
        page.form({"titel": "New"})


def test_a_form_is_found_by_its_address(page):
    assert page.form({}, action="/logout").values["csrf_token"] == ["t1"]


def test_the_errors_of_a_page_are_those_beside_its_fields(page):
    assert page.errors == ["A post needs a title."]
    assert page.title == "Desk"
