"""Second factors in Chromium, with a virtual authenticator and under the content security policy of every page."""

import pytest

from tests.support.browsers import assert_accessible, sign_in
from tests.support.factors import App
from tests.support.people import PASSWORD

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
#: The second factor of somebody who uses it as such only: no PIN, and no place for a name.
OLD_KEY = {
    "protocol": "u2f",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": False,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def live_site(make_live_site):
    """Browsers keep passkeys for names only."""
    site = make_live_site(name="localhost")
    site.start()
    return site


@pytest.fixture
def device(page):
    """Plug an authenticator in: `device(PHONE)`; the id by which it is taken out again."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")

    def plug_in(kind):
        return session.send("WebAuthn.addVirtualAuthenticator", {"options": kind})["authenticatorId"]

    plug_in.take_out = lambda identity: session.send(
        "WebAuthn.removeVirtualAuthenticator", {"authenticatorId": identity}
    )
    return plug_in


def add_passkey(page, name):
    page.goto("/auth/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create passkey").click()


def sign_out(page):
    page.get_by_role("button", name="Sign out").first.click()


def give_password(page, user):
    page.goto("/auth/login")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_passkey_is_made_and_signs_in_without_a_password(page, cast, device):
    device(PHONE)
    sign_in(page, cast.walt)
    add_passkey(page, "My telephone")
    page.get_by_role("link", name="I have saved them").wait_for()
    assert page.locator(".recovery-codes li").count() == 10
    page.get_by_role("link", name="I have saved them").click()
    assert "My telephone" in page.locator("#second-factor").inner_text()
    sign_out(page)
    page.goto("/auth/login?next=/auth/sessions")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    page.wait_for_url("**/auth/sessions")


def test_passkey_is_the_second_step_after_the_password(page, cast, device):
    device(OLD_KEY)
    sign_in(page, cast.walt)
    add_passkey(page, "Key ring")
    page.get_by_role("link", name="I have saved them").click()
    sign_out(page)
    give_password(page, cast.walt)
    page.get_by_role("heading", name="Two-factor authentication").wait_for()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/dashboard")


def test_device_is_not_added_twice(page, cast, device):
    device(PHONE)
    sign_in(page, cast.walt)
    add_passkey(page, "One")
    page.get_by_role("link", name="I have saved them").click()
    add_passkey(page, "Two")
    page.get_by_text("This device has a passkey for your account already.").wait_for()


def test_without_a_passkey_the_page_says_what_else_to_do(page, cast, device):
    phone = device(PHONE)
    sign_in(page, cast.walt)
    add_passkey(page, "Telephone")
    page.get_by_role("link", name="I have saved them").wait_for()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    page.get_by_role("link", name="I have saved them").click()
    sign_out(page)
    device.take_out(phone)
    device({**PHONE, "isUserVerified": False})
    give_password(page, cast.walt)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("No passkey was used. Try again, or use another way.").wait_for()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/dashboard")


def test_authenticator_app_works_without_javascript(chromium, live_site, cast):
    context = chromium.new_context(base_url=live_site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, cast.walt)
    page.goto("/auth/security")
    page.get_by_role("link", name="Set up authenticator app").click()
    page.locator("main summary").click()
    app = App(page.locator(".app-key").inner_text().replace(" ", ""))
    page.get_by_role("textbox", name="Code").fill(app.code())
    page.get_by_role("button", name="Set up app").click()
    page.get_by_role("link", name="I have saved them").wait_for()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    page.get_by_role("link", name="I have saved them").click()
    sign_out(page)
    give_password(page, cast.walt)
    assert not page.get_by_role("button", name="Use a passkey").is_visible()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/dashboard")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_phone(page, cast, device, scheme):
    page.emulate_media(color_scheme=scheme)
    device(PHONE)

    def check():
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert_accessible(page)
            assert page.locator("html").evaluate("root => root.scrollWidth") <= width, page.url

    sign_in(page, cast.ada)
    add_passkey(page, "My telephone with a name that goes on and on and on and on")
    check()
    for path in (
        "/auth/security",
        "/auth/security/authenticator",
        "/auth/security/passkeys/add",
        "/auth/confirm-identity",
        "/admin/roles",
        "/admin/users",
    ):
        assert page.goto(path).status == 200
        check()
    page.goto("/auth/security")
    sign_out(page)
    page.goto("/auth/login")
    check()
    give_password(page, cast.ada)
    page.get_by_role("heading", name="Two-factor authentication").wait_for()
    check()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("This code is not right").first.wait_for()
    check()
