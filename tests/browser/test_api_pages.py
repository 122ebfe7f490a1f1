"""The API's documentation: readable everywhere, and a page to try it on, under the strict policy and without the internet."""

import pytest

from tests.factories import PostFactory
from tests.support.browsers import assert_accessible


@pytest.mark.parametrize("width", [390, 1280])
def test_the_documentation_is_accessible_and_fits(page, live_site, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/api/v1/docs")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_request_is_sent_from_the_page(page, live_site, cast, width):
    PostFactory(author=cast.walt, title="Harvest in the hills")
    page.set_viewport_size({"width": width, "height": 900})
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/v1/docs")
    page.get_by_role("link", name="try it").click()
    operation = page.locator(".opblock", has_text="List posts").first
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .highlight-code").first
    answer.wait_for()
    assert "Harvest in the hills" in answer.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert complaints == []
    own = page.url.split("/api/")[0]
    assert [url for url in asked if not url.startswith((own, "data:"))] == []


def test_only_the_named_files_of_swagger_ui_are_served(client):
    with client.get("/api/v1/docs/try/swagger-ui.css") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert client.get("/api/v1/docs/try/index.css").status_code == 404
    assert client.get("/api/v1/docs/try/../../views.py").status_code == 404
