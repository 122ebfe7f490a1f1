"""Comments in Chromium, without JavaScript and from the keyboard."""

import pytest

from masthead import clock
from masthead.comments.models import CommentStatus
from tests.factories import CommentFactory, PostFactory
from tests.support.browsers import assert_accessible, sign_in
from tests.support.discussions import address


@pytest.fixture
def still(page, live_site):
    """Open another browser profile, in which no script runs."""
    contexts = []

    def make():
        contexts.append(page.context.browser.new_context(base_url=live_site.url, java_script_enabled=False))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def post(cast, live_site):
    """A post with a conversation: answers, one that waits, one that is gone."""
    post = PostFactory(author=cast.walt, title="Rivers in winter")
    first = CommentFactory(post=post, author=cast.colin, body="I walked there in January.")
    gone = CommentFactory(post=post, parent=first, author=cast.rhea, status=CommentStatus.DELETED)
    CommentFactory(post=post, parent=gone, author=cast.walt, body="Thank you both.")
    CommentFactory(post=post, author=cast.rhea, body="And now?", created_at=clock.now())
    for number in range(3):
        CommentFactory(post=post, author=cast.colin, body=f"No. {number}", status=CommentStatus.PENDING)
    return post


def test_a_reader_answers_changes_and_deletes_without_javascript(post, still, cast, page):
    reader = still()
    sign_in(reader, cast.rhea)
    reader.goto(address(post))
    reader.get_by_role("link", name="Reply to Walt").click()
    reader.get_by_label("Comment", exact=True).fill("You are **welcome**.")
    reader.get_by_role("button", name="Send comment").click()
    mine = reader.locator("article:target")
    assert "You are welcome." in mine.inner_text()
    mine.get_by_role("link", name="Edit your comment").click()
    reader.get_by_label("Comment", exact=True).fill("You are both **welcome**.")
    reader.get_by_role("button", name="Save comment").click()
    assert "You are both welcome." in mine.inner_text()
    page.goto(address(post))
    assert "You are both welcome." in page.locator("main").inner_text()
    mine.get_by_role("link", name="Delete your comment").click()
    reader.get_by_role("button", name="Delete comment").click()
    page.goto(address(post))
    assert "You are both welcome." not in page.locator("main").inner_text()


def test_a_moderator_works_the_list_off_from_the_keyboard(post, still, cast, page):
    desk = still()
    sign_in(desk, cast.mona)
    desk.goto("/admin/comments")
    boxes = desk.locator("input[name=comment_id]")
    assert boxes.count() == 3
    boxes.nth(0).focus()
    # The Enter key on a tick box must not press the first button of the list.
    desk.keyboard.press("Enter")
    desk.get_by_text("Select at least one comment first").wait_for()
    assert boxes.count() == 3
    for number in (0, 2):
        boxes.nth(number).focus()
        desk.keyboard.press("Space")
    desk.get_by_role("button", name="Approve selected").focus()
    desk.keyboard.press("Enter")
    desk.get_by_text("2 comments are approved.").wait_for()
    page.goto(address(post))
    text = page.locator("main").inner_text()
    assert ["No. 0" in text, "No. 1" in text, "No. 2" in text] == [True, False, True]


def test_the_pages_of_comments_are_accessible(post, page, cast):
    page.goto(address(post))
    assert_accessible(page)
    sign_in(page, cast.rhea)
    page.goto(address(post))
    assert_accessible(page)
    own = page.locator("article", has_text="And now?")
    for link in ("Edit your comment", "Delete your comment"):
        own.get_by_role("link", name=link).click()
        assert_accessible(page)
        page.go_back()
    page.get_by_role("button", name="Send comment").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    page.context.clear_cookies()
    sign_in(page, cast.mona)
    for path in (address(post), "/admin/comments", "/admin/comments?status=approved"):
        page.goto(path)
        assert_accessible(page)
