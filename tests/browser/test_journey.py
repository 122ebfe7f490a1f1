"""The journey of issue 1, in Chromium: register, write, publish, comment, approve, edit, rename, trash, restore."""

from tests.support.browsers import assert_accessible, sign_in

PASSWORD = "seven wet umbrellas"


def register(page, name):
    page.goto("/auth/register")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Email").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Confirm password").fill(PASSWORD)
    assert_accessible(page)
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/auth/registered")


def test_from_registration_to_restored_post(page, live_site, cast, masthead_on):
    register(page, "nina")
    masthead_on(live_site, "user", "set-role", "nina", "author")

    page.goto("/auth/login")
    page.get_by_label("Email").fill("nina@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/dashboard")
    assert_accessible(page)

    page.goto("/blog/create")
    page.get_by_label("Title").fill("Rivers in winter")
    page.get_by_label("Content", exact=True).fill("They *freeze* from the banks.")
    page.get_by_label("Tags").fill("Nature")
    assert_accessible(page)
    page.locator("button[value=publish]").click()
    page.wait_for_url("**/blog/edit/*")
    edit_url = page.url

    other = page.context.browser.new_context(base_url=live_site.url, java_script_enabled=False)
    reader = other.new_page()
    sign_in(reader, cast.rhea)
    reader.goto("/blog/post/rivers-in-winter")
    reader.locator("textarea[name=body]").fill("And what of the **fish**?")
    reader.locator("form:has(textarea[name=body]) [type=submit]").first.click()
    assert "awaiting" in reader.locator("main").inner_text().lower()

    page.goto("/blog/post/rivers-in-winter")
    assert "fish" not in page.locator("main").inner_text()

    moderation = page.context.browser.new_context(base_url=live_site.url)
    desk = moderation.new_page()
    sign_in(desk, cast.mona)
    desk.goto("/admin/comments")
    assert_accessible(desk)
    desk.get_by_role("button", name="Approve").first.click()
    page.goto("/blog/post/rivers-in-winter")
    assert "fish" in page.locator("main").inner_text()
    assert_accessible(page)

    page.goto(edit_url)
    page.get_by_label("Content", exact=True).fill("They freeze from the banks, and thaw in the middle.")
    page.get_by_label("URL slug").fill("frozen-rivers")
    page.locator("button[value=save]").click()
    response = page.goto("/blog/post/rivers-in-winter")
    assert response.request.redirected_from is not None
    assert page.url.endswith("/blog/post/frozen-rivers")
    assert "thaw in the middle" in page.locator("main").inner_text()

    page.goto(edit_url.replace("/edit/", "/delete/"))
    assert_accessible(page)
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/blog/my-posts")
    assert page.goto("/blog/post/frozen-rivers").status == 404
    page.goto("/blog/my-posts?status=trashed")
    page.get_by_role("button", name="Restore Rivers in winter").click()
    page.wait_for_url("**/blog/edit/*")
    page.locator("button[value=publish]").click()
    assert page.goto("/blog/post/frozen-rivers").status == 200
    for context in (other, moderation):
        context.close()
