"""One's own data, in Chromium: accessible, from the keyboard, under the strict policy."""

from pathlib import Path

from playwright.sync_api import Page

from tests.support import browsers
from tests.support.people import Cast


def test_the_pages_about_ones_data_are_accessible_and_work_from_the_keyboard(page: Page, cast: Cast) -> None:
    browsers.sign_in(page, cast.walt)
    page.goto("/auth/privacy")
    browsers.assert_accessible(page)
    page.get_by_label("Delete my account", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your account will be deleted").wait_for()
    browsers.assert_accessible(page)
    page.goto(page.locator("code").inner_text())
    browsers.assert_accessible(page)
    page.get_by_role("button", name="Keep my account").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Your account stays. Sign in as before.").wait_for()


def test_the_page_to_read_is_a_download(page: Page, cast: Cast) -> None:
    browsers.sign_in(page, cast.walt)
    page.goto("/auth/privacy")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download as HTML").click()
    assert started.value.suggested_filename == "personal-data.html"
    assert "walt@example.org" in Path(started.value.path()).read_text()
