"""Windows of a phone and low ones: what has the focus is seen, and what one came for is near."""

import pytest

from tests.factories import PostFactory
from tests.support import browsers

#: Whether what has the focus is in sight, and nothing lies over its middle.
IS_SEEN = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return top !== null && (focused.contains(top) || (top.contains(focused) && !top.matches(".bulk, main, form, html, body")));
}"""
PHONE = {"width": 390, "height": 780}


@pytest.mark.parametrize("size", [{"width": 1280, "height": 640}, {"width": 1280, "height": 360}, PHONE])
def test_focus_is_never_hidden_behind_the_buttons(page, cast, size):
    PostFactory.create_batch(25, author=cast.walt)
    page.emulate_media(reduced_motion="reduce")
    browsers.sign_in(page, cast.ada)
    page.set_viewport_size(size)
    page.goto("/admin/posts")
    page.locator("input[name=post]").first.focus()
    hidden = []
    for step in range(40):
        page.keyboard.press("Tab")
        if not page.evaluate(IS_SEEN):
            hidden.append(step)
    assert hidden == []


def test_buttons_take_little_of_a_low_window(page, cast):
    PostFactory.create_batch(25, author=cast.walt)
    browsers.sign_in(page, cast.ada)
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto("/admin/posts")
    assert page.locator(".bulk").bounding_box()["y"] > 300


def test_tool_page_on_a_phone_has_its_title_near_the_top(page, cast):
    browsers.sign_in(page, cast.ada)
    page.set_viewport_size(PHONE)
    page.goto("/admin/posts")
    places = page.get_by_role("navigation", name="Dashboard")
    assert places.is_visible() is False
    assert page.locator("h1").bounding_box()["y"] < 400
    page.locator("summary", has_text="Menu").focus()
    page.keyboard.press("Enter")
    assert places.get_by_role("link").first.is_visible()
    browsers.assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert places.is_visible()


def test_buttons_of_the_editor_are_in_sight_on_a_phone(page, cast):
    browsers.sign_in(page, cast.walt)
    page.set_viewport_size(PHONE)
    page.goto("/blog/create")
    page.locator("[name=body]").fill("A line.\n" * 200)
    save = page.locator("button[value=save]").bounding_box()
    assert 0 < save["y"] < PHONE["height"] - 20
    browsers.assert_accessible(page)


def test_error_summary_has_the_focus_and_the_title_says_so(page, cast):
    page.goto("/auth/login")
    page.locator("[name=email]").fill("walt@example.org")
    page.locator("[name=password]").fill("not his password")
    page.keyboard.press("Enter")
    page.locator(".form-summary:focus").wait_for()
    assert page.title().startswith("Error: ")


def test_right_to_left_text_stays_within_the_measure(page, cast):
    PostFactory(title="שלום", slug="rtl", author=cast.walt, body="שלום עולם. " * 100, language="he")
    PostFactory(title="Peace", slug="ltr", author=cast.walt, body="Peace be with you. " * 100)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/blog/post/ltr")
    ltr = page.locator(".prose > p").bounding_box()
    page.goto("/blog/post/rtl")
    rtl = page.locator(".prose > p").bounding_box()
    assert abs(rtl["x"] - ltr["x"]) < 2
    assert abs(rtl["width"] - ltr["width"]) < 2


def test_two_authors_stand_beside_each_other_on_a_phone(page, cast):
    PostFactory(title="Harvest", author=cast.walt, bylines=[cast.walt, cast.ada])
    browsers.sign_in(page, cast.edith)
    page.set_viewport_size(PHONE)
    page.goto("/admin/posts")
    first, second = (page.locator("[data-label=By] bdi").nth(number).bounding_box() for number in (0, 1))
    assert first["y"] == second["y"]
    assert first["x"] < second["x"]
