"""Style sheets and scripts from another origin, as from a content delivery network."""


def test_pages_are_styled_and_scripts_run_from_elsewhere(page, live_site, make_live_site):
    site = make_live_site(STATIC_URL=live_site.url)
    site.start()
    asked = []
    page.on("response", lambda response: asked.append((response.url, response.status)))
    page.goto(f"{site.url}/")
    from_elsewhere = [status for url, status in asked if url.startswith(f"{live_site.url}/static/css/")]
    assert len(from_elsewhere) >= 2
    assert set(from_elsewhere) == {200}
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != "Times New Roman"
    # A script of a module is asked for with CORS; the page's policy names its origin.
    page.goto(f"{site.url}/api/v1/docs/try")
    page.locator(".opblock").first.wait_for()
    scripts = [status for url, status in asked if url.startswith(f"{live_site.url}/static/js/")]
    assert scripts == [200]
