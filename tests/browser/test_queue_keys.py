"""The list of comments worked off from the keyboard in Chromium, and the time zone that a browser suggests."""

import pytest

from masthead.comments.models import CommentStatus
from tests.factories import CommentFactory, PostFactory
from tests.support.browsers import assert_accessible, sign_in


@pytest.fixture
def waiting(cast, live_site):
    post = PostFactory(author=cast.walt, title="Rivers in winter")
    return [
        CommentFactory(post=post, author=cast.colin, body=f"No. {number}", status=CommentStatus.PENDING)
        for number in range(5)
    ]


def focused(page):
    """The text of the comment that has the focus."""
    return page.locator("article:focus .comment-text").inner_text()


def test_keys_decide_and_the_focus_stays_in_its_place(waiting, page, cast):
    sign_in(page, cast.mona)
    page.goto("/admin/comments")
    assert_accessible(page)
    page.keyboard.press("j")
    assert focused(page) == "No. 0"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == "No. 1"
    for key, said, then in (
        ("a", "1 comment is approved.", "No. 2"),
        ("s", "1 comment is marked as spam.", "No. 3"),
        ("d", "1 comment is deleted.", "No. 4"),
        # Undone: it waits again, in its order, and has the focus.
        ("u", "1 comment is returned to pending.", "No. 3"),
    ):
        page.keyboard.press(key)
        page.get_by_text(said).wait_for()
        assert focused(page) == then
    assert page.locator("article .comment-text").all_inner_texts() == ["No. 0", "No. 3", "No. 4"]
    for status, text in (("spam", "No. 2"), ("approved", "No. 1")):
        page.goto(f"/admin/comments?status={status}")
        page.keyboard.press("j")
        assert focused(page) == text
        page.keyboard.press("u")
        page.get_by_text("1 comment is returned to pending.").wait_for()
    page.goto("/admin/comments")
    assert page.locator("article .comment-text").all_inner_texts() == [f"No. {n}" for n in range(5)]


def test_everything_is_selected_and_decided_at_once(waiting, page, cast):
    sign_in(page, cast.mona)
    page.goto("/admin/comments")
    page.get_by_label("Select all 5 on this page").check()
    assert all(box.is_checked() for box in page.locator("input[name=comment_id]").all())
    page.locator(f"#tick-{waiting[2].id}").uncheck()
    assert not page.get_by_label("Select all 5 on this page").is_checked()
    page.get_by_role("button", name="Approve selected").click()
    page.get_by_text("4 comments are approved.").wait_for()
    page.get_by_role("button", name="Undo the last decision").click()
    page.get_by_text("4 comments are returned to pending.").wait_for()
    assert page.locator("article").count() == 5


def test_keys_can_be_switched_off_and_never_work_while_typing(waiting, page, cast):
    sign_in(page, cast.mona)
    page.goto("/admin/comments")
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.reload()
    page.keyboard.press("j")
    assert page.locator("article:focus").count() == 0
    page.get_by_label("Keyboard shortcuts").check()
    page.keyboard.press("j")
    assert focused(page) == "No. 0"
    page.keyboard.press("Control+a")
    assert page.locator("article").count() == 5


def test_the_browsers_time_zone_is_taken_at_first_and_suggested_later(page, cast, live_site):
    zoned = page.context.browser.new_context(base_url=live_site.url, timezone_id="Asia/Kathmandu")
    desk = zoned.new_page()
    sign_in(desk, cast.walt)
    # Chromium says Asia/Katmandu, as the zone was written once.
    assert desk.locator(".desk-zone a").text_content() in {"Asia/Kathmandu", "Asia/Katmandu"}
    desk.goto("/auth/profile")
    assert not desk.get_by_role("button", name="as this browser does").is_visible()
    desk.locator("#time_zone").select_option("Europe/Berlin")
    desk.get_by_role("button", name="as this browser does").click()
    desk.get_by_role("button", name="Save profile").click()
    desk.get_by_text("Your profile is saved.").wait_for()
    assert desk.locator("#time_zone").input_value() in {"Asia/Kathmandu", "Asia/Katmandu"}
    assert not desk.get_by_role("button", name="as this browser does").is_visible()
    zoned.close()
