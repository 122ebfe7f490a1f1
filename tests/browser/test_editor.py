"""The editor of a post in Chromium: what it writes, what undo takes back, and what it looks like on a phone."""

import re

import pytest
from playwright.sync_api import expect

from masthead.db import db
from masthead.presets import actions as presets
from masthead.presets.models import PostTemplate, Snippet
from masthead.settings import actions as settings
from tests.factories import DraftFactory
from tests.support import browsers, editing

PHONE = {"width": 390, "height": 780}


def test_toolbar_lists_paste_and_replace_are_each_taken_back_by_undo(page, cast):
    browsers.sign_in(page, cast.walt)
    page.goto("/blog/create")
    field = page.locator(editing.BODY)

    def changes(before, selection, act, after):
        editing.write(page, before)
        editing.select(page, *selection)
        act()
        expect(field).to_have_value(after)
        field.press("Control+z")
        expect(field).to_have_value(before)

    def press(name):
        return lambda: page.get_by_role("toolbar").get_by_role("button", name=name).click()

    def keys(*names):
        return lambda: [page.keyboard.press(name) for name in names]

    changes("a word", (2, 6), keys("Control+b"), "a **word**")
    changes("a **word**", (4, 8), keys("Control+b"), "a word")
    changes("a word", (4, 4), keys("Control+i"), "a *word*")
    changes("a word", (2, 6), press("Link"), "a [word](https://)")
    changes("a\nb", (0, 3), press("Bulleted list"), "- a\n- b")
    changes("- a\n- b", (0, 7), press("Numbered list"), "1. a\n2. b")
    changes("a", (0, 0), keys("Control+Shift+Digit9"), "- [ ] a")
    changes("a", (0, 0), press("Heading"), "## a")
    changes("a\nb", (0, 3), press("Quotation"), "> a\n> b")
    changes("a\nb", (0, 3), press("Code"), "```\na\nb\n```")
    changes("a", (1, 1), press("Table"), "a\n\n| Column | Column |\n| --- | --- |\n|  |  |")
    # Lists go on by themselves, and Tab indents in them.
    changes("1. a", (4, 4), keys("Enter"), "1. a\n2. ")
    changes("- [x] a", (7, 7), keys("Enter"), "- [x] a\n- [ ] ")
    changes("- a\n- ", (6, 6), keys("Enter"), "- a\n\n")
    changes("- a\n- b", (7, 7), keys("Tab"), "- a\n  - b")
    changes("```\na\n```", (4, 4), keys("Tab"), "```\n    a\n```")
    changes("שלום עולם", (5, 9), keys("Control+b"), "שלום **עולם**")
    # The clipboard.
    changes(
        "see here",
        (4, 8),
        lambda: editing.paste(page, plain="https://example.org/a"),
        "see [here](https://example.org/a)",
    )
    changes(
        "",
        (0, 0),
        lambda: editing.paste(page, plain='a\tb\n1\t"2\n3"\n'),
        "| a | b |\n| --- | --- |\n| 1 | 2<br>3 |\n",
    )
    editing.write(page, "Start. ")
    editing.paste(page, plain="A bold word", html="<p>A <b>bold</b> word</p>")
    expect(field).to_have_value("Start. A **bold** word")
    field.press("Control+z")
    expect(field).to_have_value("Start. A bold word")
    field.press("Control+z")
    expect(field).to_have_value("Start. ")
    # Find and replace.
    editing.write(page, "rain, Rain and rain")
    field.press("Control+h")
    page.get_by_label("Find text").fill("rain")
    expect(page.locator("[data-place]")).to_contain_text("1 of 3")
    page.get_by_label("Replace with").fill("sun")
    page.get_by_role("button", name="Replace all").click()
    expect(field).to_have_value("sun, sun and sun")
    page.keyboard.press("Escape")
    field.press("Control+z")
    expect(field).to_have_value("rain, Rain and rain")
    # Footnotes.
    editing.write(page, "a[^1]\n\n[^1]: one")
    editing.select(page, 1, 1)
    press("Footnote")()
    expect(field).to_have_value("a[^2][^1]\n\n[^1]: one\n\n[^2]: ")
    # Nobody is held in the field: Escape, then Tab.
    editing.write(page, "- a")
    keys("Escape", "Tab")()
    expect(field).not_to_be_focused()
    expect(field).to_have_value("- a")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_editor_on_a_phone_has_everything_in_reach(page, cast, scheme):
    post = DraftFactory(author=cast.walt, body="## One\n\nIt rains.")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    browsers.sign_in(page, cast.walt)
    page.set_viewport_size(PHONE)
    page.goto(f"/blog/edit/{post.id}")
    browsers.assert_accessible(page)
    settings = page.get_by_role("button", name="Settings")
    settings.click()
    panel = page.locator("#post_settings")
    box = panel.bounding_box()
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])
    page.get_by_label("Excerpt").fill("Of rain.")
    browsers.assert_accessible(page)
    page.keyboard.press("Escape")
    expect(settings).to_be_focused()
    editing.expect_state(page, "saved")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("dialog")).to_contain_text(post.title)
    browsers.assert_accessible(page)
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_label("Excerpt")).to_have_value("Of rain.")


def test_a_template_and_a_snippet_reach_the_text_by_keys_alone(page, app, cast):
    with app.app_context():
        presets.create(
            PostTemplate, {"name": "Recipe", "title": "Soup", "body": "## Steps\n\n"}, by=cast.edith
        )
        presets.create(Snippet, {"name": "Author", "body": "*By the river.*"}, by=cast.edith)
        presets.create(Snippet, {"name": "Call <b>", "body": "Write to us.\n"}, by=cast.edith)
        db.session.commit()
    browsers.sign_in(page, cast.walt)
    page.goto("/blog/create")
    page.get_by_role("link", name="New from template").press("Enter")
    page.get_by_role("link", name="Recipe").press("Enter")
    field = page.locator(editing.BODY)
    expect(field).to_have_value("## Steps\n\n")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    editing.select(page, 10, 10)
    field.press("Control+Alt+s")
    dialog = page.get_by_role("dialog", name="Insert a snippet")
    expect(dialog.get_by_role("status")).to_have_text("2 snippets")
    browsers.assert_accessible(page)
    page.keyboard.type("call")
    expect(dialog.get_by_role("status")).to_have_text("1 snippet")
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="Call <b> Write to us.")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_have_value("## Steps\n\nWrite to us.\n")
    expect(field).to_be_focused()
    page.keyboard.press("Control+z")
    expect(field).to_have_value("## Steps\n\n")
    page.keyboard.press("Control+Shift+z")
    expect(field).to_have_value("## Steps\n\nWrite to us.\n")
    # The panel says what the indicator says.
    editing.expect_state(page, "saved")
    expect(page).to_have_url(re.compile(r"/blog/edit/\d+$"))
    expect(page.get_by_text("Not saved yet")).to_have_count(0)
    expect(page.locator(".writing-state")).to_contain_text("Draft")


@pytest.mark.databases("sqlite")
def test_a_blocking_check_opens_the_panel_says_what_to_change_and_moves_the_focus(page, app, cast):
    with app.app_context():
        settings.change(blocking_checks="to_come")
        db.session.commit()
    post = DraftFactory(author=cast.walt, title="Rope", body="TK about the rope.")
    browsers.sign_in(page, cast.walt)
    page.goto(f"/blog/edit/{post.id}")
    page.locator("form[data-ready]").wait_for()
    page.get_by_role("button", name="Publish now").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("cannot be published yet")
    expect(dialog.locator("li").first).to_contain_text("Must be changed: TK stands in the text once.")
    expect(dialog.locator("[data-refused]")).to_be_focused()
    browsers.assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator(editing.BODY)).to_be_focused()
    editing.write(page, "About the rope.")
    page.get_by_role("button", name="Publish now").click()
    page.get_by_text("Your post is published.").wait_for()
