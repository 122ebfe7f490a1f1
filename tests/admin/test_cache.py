"""The page cache on the site: who may see and clear it, and that clearing is recorded and works."""

import pytest

from tests.factories import PostFactory
from tests.support.pages import how


def test_clear_makes_pages_anew_and_is_recorded(client, cast, sign_in, new_client):
    post = PostFactory(author=cast.walt)
    reader, path = new_client(), f"/blog/post/{post.slug}"
    reader.get(path)
    assert how(reader.get(path)).startswith("hit")
    sign_in(client, cast.ada)
    page = client.read("/admin/cache")
    assert page.title.startswith("Page cache")
    assert int(page.texts("//tbody//td[@data-label='Hits']")[0]) >= 1
    answer = client.press("/admin/cache", action="/admin/cache/clear")
    assert (answer.status_code, answer.location) == (303, "/admin/cache")
    assert "Page cache cleared." in client.read("/admin/cache").text("//body")
    assert not how(reader.get(path)).startswith("hit")
    assert "ada Cleared the cache" in client.read("/admin/audit?action=cache.cleared").text("//main")


@pytest.mark.parametrize("name", ["edith", "mona", "walt", "colin", "rhea"])
def test_others_neither_see_nor_clear_it(client, cast, sign_in, name):
    sign_in(client, getattr(cast, name))
    assert client.get("/admin/cache").status_code == 403
    assert client.post("/admin/cache/clear", data={"csrf_token": client.form_token()}).status_code == 403


def test_clearing_needs_the_token_of_a_form(client, cast, sign_in):
    sign_in(client, cast.ada)
    assert client.post("/admin/cache/clear").status_code == 400
    assert client.get("/admin/cache/clear").status_code == 405
