"""Nothing that was typed is lost: servers that are killed, networks that are away, sessions that end, tabs that are closed."""

import pytest
from playwright.sync_api import expect

from tests.factories import DraftFactory, PostFactory
from tests.support import browsers, editing
from tests.support.people import PASSWORD

LONG_MS = 40_000


def stored(page, post_id):
    """The text that the server holds."""
    return page.request.get(f"/blog/edit/{post_id}/working-copy").json()["body"]


@pytest.mark.databases("sqlite", "postgresql")
def test_killed_server_lost_network_ended_session_and_closed_tab_lose_nothing(page, live_site, cast):
    browsers.sign_in(page, cast.walt)
    page.goto("/blog/create")
    page.get_by_label("Title").fill("Rivers")
    body = page.locator(editing.BODY)
    body.press_sequentially("First. ")
    page.wait_for_url("**/blog/edit/*")
    editing.expect_state(page, "saved")
    post_id = int(page.url.rsplit("/", 1)[1])
    assert stored(page, post_id) == "First. "

    live_site.kill()
    body.press_sequentially("Killed. ")
    editing.expect_state(page, "offline")
    body.press_sequentially("Still typing. ")
    live_site.start()
    editing.expect_state(page, "saved", timeout=LONG_MS)
    assert stored(page, post_id) == "First. Killed. Still typing. "

    page.context.set_offline(True)
    body.press_sequentially("Offline. ")
    editing.expect_state(page, "offline")
    page.context.set_offline(False)
    editing.expect_state(page, "saved", timeout=LONG_MS)

    page.context.clear_cookies()
    body.press_sequentially("Signed out. ")
    editing.expect_state(page, "signed-out")
    body.press_sequentially("And on. ")
    expect(body).to_be_focused()
    box = page.get_by_role("region", name="Sign in again")
    box.get_by_label("Email").fill(cast.walt.email)
    box.get_by_label("Password").fill("not the one")
    box.get_by_role("button", name="Sign in").click()
    expect(box.get_by_role("alert").nth(1)).to_contain_text("password")
    box.get_by_label("Password").fill(PASSWORD)
    box.get_by_role("button", name="Sign in").click()
    editing.expect_state(page, "saved", timeout=LONG_MS)
    expect(box).to_be_hidden()
    typed = "First. Killed. Still typing. Offline. Signed out. And on. "
    assert editing.text(page) == stored(page, post_id) == typed

    # The tab goes while the text is in this browser alone; the next one offers it and does not force it.
    live_site.kill()
    body.press_sequentially("Closed.")
    editing.expect_state(page, "offline")
    page.close()
    live_site.start()
    later = page.context.new_page()
    later.goto(f"/blog/edit/{post_id}")
    offer = later.get_by_role("region", name="This browser holds a text")
    expect(offer).to_contain_text("Rivers")
    assert editing.text(later) == typed
    offer.get_by_role("button", name="Put it into the page").click()
    expect(later.locator(editing.BODY)).to_have_value(typed + "Closed.")
    editing.expect_state(later, "saved")
    later.reload()
    assert editing.text(later) == typed + "Closed."
    expect(offer).to_be_hidden()


@pytest.mark.databases("sqlite")
def test_two_people_are_merged_and_the_same_words_make_a_conflict(page, cast, live_site):
    post = PostFactory(author=cast.walt, body="One.\n\nTwo.\n\nThree.\n")
    other = page.context.browser.new_context(base_url=live_site.url, locale="en-GB", timezone_id="UTC")
    edith = other.new_page()
    browsers.sign_in(page, cast.walt)
    browsers.sign_in(edith, cast.edith)
    for one in (page, edith):
        one.goto(f"/blog/edit/{post.id}")
    editing.select(page, 4, 4)
    page.keyboard.type(" And one.")
    editing.expect_state(page, "saved")
    expect(page.locator("[data-part=changes]")).to_be_visible()
    edith.locator(editing.BODY).press("Control+End")
    edith.keyboard.type("Four.")
    merged = "One. And one.\n\nTwo.\n\nThree.\nFour."
    expect(edith.locator(editing.BODY)).to_have_value(merged)
    expect(edith.get_by_text("Walt has this post open, too.")).to_be_visible()
    assert stored(edith, post.id) == merged

    # Walt types on before the answer with Edith's words comes: he deletes nothing that he has not seen.
    def type_on(route):
        answer = route.fetch()
        page.keyboard.type(" more.")
        route.fulfill(response=answer)

    page.route("**/working-copy", type_on, times=1)
    page.keyboard.type(" Two")
    merged = merged.replace("And one.", "And one. Two more.")
    expect(page.locator(editing.BODY)).to_have_value(merged)
    editing.expect_state(page, "saved")
    assert stored(page, post.id) == merged

    # Both change the same word, before either has heard of the other.
    page.locator(editing.BODY).fill(merged.replace("Two", "Twelve"))
    editing.expect_state(page, "saved")
    edith.locator(editing.BODY).fill(merged.replace("Two", "Twenty"))
    editing.expect_state(edith, "conflict")
    assert "Twenty" in editing.text(edith)
    edith.goto(edith.get_by_role("link", name="Compare and merge").get_attribute("href"))
    shown = edith.locator("main").inner_text()
    assert "Twenty" in shown
    assert "Twelve" in shown
    other.close()


@pytest.mark.databases("sqlite")
def test_input_methods_and_corrections_change_nothing_that_was_not_typed(page, cast):
    post = DraftFactory(author=cast.walt, body="- שלום\n")
    browsers.sign_in(page, cast.walt)
    page.goto(f"/blog/edit/{post.id}")
    body = page.locator(editing.BODY)
    keyboard = page.context.new_cdp_session(page)
    editing.select(page, 6, 6)
    # A word is composed slowly enough for an autosave, and the Enter key that accepts it begins no item.
    for part in ("に", "にほ", "にほん"):
        keyboard.send(
            "Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)}
        )
        page.wait_for_timeout(400)
    keyboard.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Enter"}
    )
    assert editing.text(page) == "- שלוםにほん\n"
    keyboard.send("Input.insertText", {"text": "日本"})
    expect(body).to_have_value("- שלום日本\n")
    # A phone replaces a word by a correction, and the browser takes it back by itself.
    body.press("Control+End")
    page.keyboard.type("teh")
    body.evaluate("(field) => field.setSelectionRange(field.value.length - 3, field.value.length)")
    keyboard.send("Input.insertText", {"text": "the"})
    expect(body).to_have_value("- שלום日本\nthe")
    body.press("Control+z")
    expect(body).to_have_value("- שלום日本\nteh")
    editing.expect_state(page, "saved")
    assert stored(page, post.id) == "- שלום日本\nteh"
    assert body.evaluate("(field) => field.dir") == "auto"
    # Half an emoji, as some phones leave it, is said to be replaced, and the rest stays.
    body.press("Control+End")
    page.evaluate("() => document.execCommand('insertText', false, '\\ud83d')")
    editing.expect_state(page, "saved")
    assert stored(page, post.id).startswith("- שלום日本\nteh")
