"""The media library on a phone, and how writers bring files into a text."""

import base64

from sqlalchemy import select

from masthead.db import db
from masthead.media.models import Media
from masthead.posts.models import Post
from tests.media.pictures import picture
from tests.support.browsers import assert_accessible, sign_in

#: Files reach a page as events, as if a hand had dropped or pasted them.
HAND_OVER = """([kind, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, data] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], name, { type }));
  }
  const options = { bubbles: true, cancelable: true };
  document.querySelector("[name=body]").dispatchEvent(kind === "drop"
    ? new DragEvent("drop", { ...options, dataTransfer: transfer })
    : new ClipboardEvent("paste", { ...options, clipboardData: transfer }));
}"""


def hand_over(page, kind, *files):
    sent = [(name, "image/png", base64.b64encode(content).decode()) for name, content in files]
    page.evaluate(HAND_OVER, [kind, sent])


def test_dropped_and_pasted_files_are_in_the_saved_text_after_a_broken_connection(page, live_site, app, cast):
    sign_in(page, cast.walt)
    page.goto("/blog/create")
    page.fill("[name=title]", "Harvest")
    page.fill("[name=body]", "Before")
    broken = []

    def break_once(route):
        # The part does not arrive, and the page does not know how much of it did.
        if route.request.method == "PATCH" and len(broken) < 2:
            broken.append(route.request.url)
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/admin/media/uploads/*", break_once)
    hand_over(page, "drop", ("a field.png", picture(size=(90, 60))), ("b].png", picture(size=(60, 90))))
    assert "](uploading-1)\n![Uploading b" in page.input_value("[name=body]")
    hand_over(page, "paste", ("image.png", picture(size=(50, 50))))
    # Saved while they are under way: the form waits for them.
    page.click("button[value=save]")
    page.get_by_text("Your draft is saved.").wait_for()
    assert len(broken) == 2
    with app.app_context():
        body = db.session.scalars(select(Post.body)).one()
        media = db.session.scalars(select(Media).order_by(Media.width)).all()
    pasted, tall, field = (f"/media/{one.path}" for one in media)
    assert body.replace("\r\n", "\n").strip() == f"Before\n\n![]({field})\n![]({tall})\n\n![]({pasted})"
    assert media[0].name.startswith("Screenshot 20")
    page.locator(".media-bar").first.wait_for()
    with page.expect_file_chooser():
        page.get_by_role("button", name="Picture or file").click()
    hand_over(page, "drop", ("no picture.png", b"MZ nothing"))
    page.locator(".uploads [role=alert]").wait_for()
    assert "uploading" not in page.input_value("[name=body]")


def test_library_is_walked_on_a_phone(page, live_site, app, cast):
    sign_in(page, cast.walt)
    page.set_viewport_size({"width": 390, "height": 800})

    def check():
        assert_accessible(page)
        assert page.locator("html").evaluate("root => root.scrollWidth") <= 390, page.url

    page.goto("/admin/media")
    check()
    files = [
        {"name": f"{n}.png", "mimeType": "image/png", "buffer": picture(size=(n, 90))} for n in (400, 410)
    ]
    page.set_input_files("#file", files)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.locator(".media-tile").nth(1).wait_for()
    check()
    page.goto("/admin/media?view=list")
    check()
    page.get_by_role("link", name="400.png").click()
    check()
    page.locator("[data-media-stage] img").click(position={"x": 40, "y": 20})
    mark = page.locator(".focus-mark")
    before = float(page.input_value("[name=focal_x]"))
    mark.focus()
    page.keyboard.press("ArrowRight")
    assert float(page.input_value("[name=focal_x]")) == before + 1
    page.get_by_label("Decorative").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.").wait_for()
    assert float(page.input_value("[name=focal_x]")) == before + 1
    page.get_by_role("link", name="Move to the trash…").click()
    check()
