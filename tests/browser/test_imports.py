"""An export comes in through the pages of the administration."""

from tests.factories import CommentFactory, PageFactory, PostFactory
from tests.importing.wordpress.conftest import comment, item, wxr
from tests.support.browsers import assert_accessible, sign_in


def test_an_export_is_uploaded_checked_and_imported(page, live_site, cast, tmp_path):
    export = tmp_path / "gazette.xml"
    export.write_text(
        wxr(item(1, title="The Ferry", slug="ferry", more=comment(1)), item(2, "product", title="A pen"))
    )
    sign_in(page, cast.ada)
    page.goto("/admin/import")
    page.get_by_label("Export").set_input_files(export)
    page.get_by_label("Fetch pictures from the old site").uncheck()
    page.get_by_role("button", name="Upload and check").click()
    # The page of a running import loads itself again.
    page.get_by_text("nothing is imported yet").wait_for(timeout=60_000)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page)
        assert page.locator("html").evaluate("root => root.scrollWidth") <= width
    page.get_by_role("button", name="Import now").click()
    page.get_by_text("WordPress. Imported.").wait_for(timeout=60_000)
    text = page.locator("main").inner_text()
    assert "nothing of the type “product”" in text
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report of the import").click()
    assert '"imported": 1' in download.value.path().read_text()
    page.goto("/blog/post/ferry")
    assert "Well said." in page.locator("main").inner_text()


def test_an_export_is_made_and_its_row_fits(page, live_site, cast):
    CommentFactory(post=PostFactory(author=cast.walt, tags=["Rivers", "Ferries"]))
    PageFactory(slug="house")
    sign_in(page, cast.ada)
    page.goto("/admin/export")
    page.get_by_role("button", name="Export", exact=True).click()
    # The page loads itself again while an export is made.
    page.get_by_role("link", name="Download").wait_for(timeout=60_000)
    assert "roles: 6" in page.locator("main").inner_text().lower()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page)
        assert page.locator("html").evaluate("root => root.scrollWidth") <= width
        # Two lines at most: no word is broken.
        assert page.get_by_role("rowheader").evaluate("cell => cell.scrollWidth <= cell.clientWidth")
        name = page.get_by_text("Whole publication", exact=True).last
        assert (
            name.evaluate(
                "cell => { const range = document.createRange(); range.selectNodeContents(cell);"
                " return range.getClientRects().length }"
            )
            <= 2
        )
