"""The pages about accounts, roles and the log, in Chromium: accessible, no wider than a telephone, from the keyboard."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select, update

from masthead import clock
from masthead.db import db
from masthead.login.models import LoginSession
from masthead.people.models import Role
from tests.factories import UserFactory
from tests.support.browsers import assert_accessible, sign_in
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

WIDTHS = (390, 1280)
PAGES = (
    "/admin/roles",
    "/admin/roles/create",
    "/admin/roles/2",
    "/admin/roles/6",
    "/admin/roles/{guest}",
    "/admin/roles/{guest}/delete",
    "/admin/users",
    "/admin/users?q=nobody-at-all",
    "/admin/users/invite",
    "/admin/users/invitations",
    "/admin/audit",
    "/admin/audit?subject=nobody-at-all",
    "/admin/settings",
    "/auth/sessions",
    "/auth/security",
    "/auth/privacy",
)
LONG = "a-name-as-long-as-there-may-be"


@pytest.fixture
def guest(app: Flask) -> Role:
    """A role of one's own, which somebody with a long name and address has."""
    with app.app_context():
        role = Role(name="guest", title="Guest author of the weekend", rank=25, permissions=["posts.write"])
        db.session.add(role)
        db.session.commit()
        db.session.refresh(role)
        db.session.expunge(role)
    UserFactory(role="guest", username=LONG, email=f"{LONG}@{'sub.' * 8}example.org", name="")
    return role


def check(page: Page) -> None:
    """Accessible, and as wide as the window, on a telephone and on a desk."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page)
        assert page.locator("html").evaluate("root => root.scrollWidth") <= width, page.url


def open_all(page: Page) -> None:
    for details in page.locator("main details").all():
        details.evaluate("details => { details.open = true; }")


def test_every_page_is_accessible_and_fits_a_telephone(page: Page, cast: Cast, guest: Role) -> None:
    sign_in(page, cast.ada)
    for path in PAGES:
        response = page.goto(path.format(guest=guest.id))
        assert response is not None
        assert response.status == 200
        open_all(page)
        check(page)


def test_role_is_made_changed_and_deleted_from_the_keyboard(page: Page, cast: Cast) -> None:
    sign_in(page, cast.ada)
    page.goto("/admin/roles")
    page.get_by_role("link", name="New role").press("Enter")
    page.get_by_label("Title").press_sequentially("Guest")
    page.get_by_label("Write drafts").press("Space")
    page.get_by_label("Level").fill("200")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    check(page)
    assert page.get_by_label("Write drafts").is_checked()
    page.get_by_label("Level").fill("15")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Guest").wait_for()
    page.get_by_role("link", name="Guest", exact=True).press("Enter")
    page.get_by_role("link", name="Delete this role").press("Enter")
    page.get_by_role("button", name="Delete role").press("Enter")
    page.get_by_text("The role Guest is deleted.").wait_for()


def test_somebody_is_helped_from_the_keyboard(page: Page, cast: Cast) -> None:
    sign_in(page, cast.ada)
    page.goto("/admin/users?q=walt")
    page.locator("main summary").press("Enter")
    page.get_by_role("button", name="Sign out everywhere: Walt").press("Enter")
    page.get_by_text("Walt is signed out everywhere.").wait_for()
    page.locator("main summary").press("Enter")
    page.get_by_role("button", name="Create password reset link for Walt").press("Enter")
    assert "/auth/reset/" in page.get_by_label("Link").input_value()
    check(page)


def test_invitation_is_made_and_accepted_from_the_keyboard(page: Page, cast: Cast) -> None:
    sign_in(page, cast.ada)
    page.goto("/admin/users")
    page.get_by_role("link", name="Invite people").press("Enter")
    page.get_by_label("Email").press_sequentially("nina@example.org")
    page.keyboard.press("Enter")
    link = page.get_by_label("Link").input_value()
    check(page)
    page.context.clear_cookies()
    page.goto(link)
    check(page)
    page.get_by_label("User name").press_sequentially("nina")
    page.keyboard.press("Tab")
    page.keyboard.type("seven ships of state")
    page.keyboard.press("Tab")
    page.keyboard.type("seven ships of state")
    page.keyboard.press("Enter")
    page.get_by_text("Your account is ready.").wait_for()


def test_invitation_is_made_again_and_withdrawn_from_the_keyboard(page: Page, cast: Cast) -> None:
    sign_in(page, cast.ada)
    page.goto("/admin/users/invite")
    page.get_by_label("Email").fill("nina@example.org")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Back to people").press("Enter")
    page.get_by_role("link", name="1 open invitation").press("Enter")
    check(page)
    page.get_by_role("button", name="New link for nina@example.org").press("Enter")
    assert "/auth/invitation/" in page.get_by_label("Link").input_value()
    page.goto("/admin/users/invitations")
    page.get_by_role("button", name="Withdraw the invitation for nina@example.org").press("Enter")
    page.get_by_text("The invitation for nina@example.org is withdrawn.").wait_for()
    check(page)


def test_log_is_filtered_from_the_keyboard(page: Page, cast: Cast) -> None:
    sign_in(page, cast.ada)
    page.goto("/admin/audit")
    page.get_by_label("Actor").press_sequentially("ada")
    page.keyboard.press("Enter")
    page.wait_for_url("**actor=ada**")
    assert page.get_by_role("row").count() == 2
    with page.expect_download() as started:
        page.get_by_role("button", name="Download as CSV").press("Enter")
    assert started.value.suggested_filename.startswith("audit-")


def test_another_device_is_signed_out_from_the_keyboard(
    page: Page, cast: Cast, new_client: Callable[..., Visitor]
) -> None:
    elsewhere = new_client()
    elsewhere.fill_in("/auth/login", email=cast.walt.email or "", password=PASSWORD)
    sign_in(page, cast.walt)
    page.goto("/auth/sessions")
    page.get_by_role("button", name="Sign out").nth(1).press("Enter")
    page.get_by_text("The device is signed out.").wait_for()
    assert elsewhere.get("/dashboard").status_code == 302


def test_form_that_comes_too_late_is_shown_again(page: Page, app: Flask, cast: Cast) -> None:
    sign_in(page, cast.ada)
    page.goto("/admin/roles/create")
    page.get_by_label("Title").fill("Guest")
    page.get_by_label("Level").fill("15")
    with app.app_context():
        long_ago = clock.now() - timedelta(minutes=11)
        db.session.execute(update(LoginSession).values(authenticated_at=long_ago))
        db.session.commit()
    page.get_by_role("button", name="Create role").press("Enter")
    page.get_by_role("heading", name="Confirm your identity").wait_for()
    check(page)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Create role").wait_for()
    check(page)
    assert page.get_by_role("definition").first.inner_text() == "Guest"
    page.get_by_role("button", name="Create role").press("Enter")
    page.get_by_role("status").get_by_text("Guest").wait_for()
    with app.app_context():
        assert "guest" in db.session.scalars(select(Role.name)).all()
