from datetime import timedelta

from masthead import clock, jobs
from masthead.db import db
from masthead.posts.bulk.models import BulkChange, BulkItem, ItemState
from masthead.posts.bulk.tasks import change_many
from masthead.posts.models import DailyViews
from masthead.presets import actions as presets
from masthead.presets.models import PostTemplate, Snippet
from tests.factories import PageFactory, PostFactory, TagFactory
from tests.factories.storing import storing
from tests.support.browsers import assert_accessible, sign_in

PAGES = (
    "/admin/",
    "/admin/posts",
    "/admin/pages",
    "/admin/pages/create",
    "/admin/tags",
    "/admin/tags/create",
    "/admin/tags/1",
    "/admin/templates",
    "/admin/templates/create",
    "/admin/snippets",
    "/admin/snippets/1",
    "/blog/templates",
    "/blog/snippets",
    "/admin/users",
    "/admin/settings",
    "/admin/statistics",
    "/admin/jobs",
    "/admin/cache",
    "/admin/redirects",
    "/admin/import",
    "/admin/export",
    "/admin/audit",
)


def test_every_page_of_the_administration_is_accessible_and_fits_a_phone(page, live_site, app, cast):
    post = PostFactory(
        author=cast.walt, title="A rather long title of a post about the rivers of the north in winter"
    )
    with app.app_context():
        db.session.add(DailyViews(post_id=post.id, day=clock.now().date(), views=1_234))
        db.session.commit()
    PageFactory(by=cast.edith)
    TagFactory(id=1, name="Rivers and other waters", description="Where it is wet. " * 9)
    with app.app_context():
        long = {"name": "A rather long name " * 5, "body": "What every post of this kind says. " * 9}
        presets.create(PostTemplate, long | {"tags": ["Rivers and other waters"] * 9}, by=cast.edith)
        presets.create(Snippet, long, by=cast.edith)
        db.session.commit()
    sign_in(page, cast.ada)
    for path in PAGES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.goto(path).status == 200
            assert_accessible(page)
            assert page.locator("html").evaluate("root => root.scrollWidth") <= width, path


def test_bulk_changes_and_roles_work_from_the_keyboard(page, live_site, cast):
    PostFactory(author=cast.walt, title="Rivers")
    sign_in(page, cast.ada)
    page.goto("/admin/posts")
    page.get_by_label("Select Rivers").press("Space")
    page.get_by_role("button", name="Move selected to the trash").press("Enter")
    assert "1 post moved to the trash." in page.get_by_role("status").inner_text()
    page.goto("/admin/users")
    page.get_by_label("Role of Walt", exact=True).select_option("editor")
    page.get_by_role("button", name="Change the role of Walt").press("Enter")
    assert "Walt has the role Editor now" in page.get_by_role("status").inner_text()
    follows_a_bulk_change_without_losing_the_focus(page, cast)


def follows_a_bulk_change_without_losing_the_focus(page, cast):
    with storing():
        items = [
            BulkItem(position=0, title="Low water", slug="low-water", state=ItemState.WAITING),
            BulkItem(position=1, title="Ferries", slug="ferries", state=ItemState.WAITING),
        ]
        change = BulkChange(user_id=cast.ada.id, action="restore", created_at=clock.now(), items=items)
        db.session.add(change)
        db.session.flush()
        number = change.id
        jobs.enqueue(change_many, number, run_at=clock.now() + timedelta(hours=1))
    page.goto(f"/blog/bulk/{number}")
    page.get_by_role("link", name="Refresh").focus()
    with storing():
        db.session.get(BulkItem, (number, 0)).state = ItemState.DONE
    page.locator("[data-outcome=done]").wait_for()
    assert page.get_by_role("status").inner_text() == "1 of 2"
    assert page.locator("progress").evaluate("bar => bar.value") == 1
    assert page.locator("a:focus").inner_text() == "Refresh"
    # Somebody who is signed out meanwhile gets another page, which ends the requests.
    asked = []
    page.route("**/blog/bulk/*", lambda route: (asked.append(1), route.fulfill(body="<p>Sign in</p>")))
    with page.expect_request("**/blog/bulk/*"):
        pass
    page.wait_for_timeout(3_000)
    assert len(asked) == 1
