"""Tokens for programs in a browser: made, shown once and revoked from the keyboard, on pages that everybody can use."""

import pytest
from playwright.sync_api import Page

from tests.support.browsers import assert_accessible, sign_in
from tests.support.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.databases("sqlite")]


def check(page: Page) -> None:
    """See that the page is accessible and fits, on a telephone and on a desk."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page)
        assert page.locator("html").evaluate("root => root.scrollWidth") <= width, page.url


def test_token_is_made_used_and_revoked_from_the_keyboard(page: Page, live_site: object, cast: Cast) -> None:
    sign_in(page, cast.walt)
    page.goto("/auth/security")
    page.get_by_role("link", name="Manage API tokens").press("Enter")
    page.get_by_role("button", name="Create token").press("Enter")
    page.get_by_role("alert").wait_for()
    check(page)
    page.get_by_label("Name", exact=True).press_sequentially("Feed reader of the office, on the second floor")
    page.get_by_label("(posts:read)").press("Space")
    page.get_by_role("button", name="Create token").press("Enter")
    page.get_by_role("heading", name="Your new token").wait_for()
    secret = page.locator("main code").first.inner_text()
    check(page)
    assert secret.startswith("masthead_pat_")
    asked = {"Authorization": f"Bearer {secret}"}
    assert page.request.get("/api/v1/posts", headers=asked).status == 200
    assert page.request.post("/api/v1/posts", headers=asked, data={"title": "No"}).status == 403
    page.goto("/auth/security/tokens")
    assert secret not in page.content()
    check(page)
    page.get_by_role("button", name="Revoke").press("Enter")
    page.get_by_text("Token revoked.").wait_for()
    assert page.request.get("/api/v1/posts", headers=asked).status == 401
