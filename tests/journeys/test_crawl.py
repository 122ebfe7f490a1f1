"""Every link, filter and button, as each role, over an empty and a full publication; and every page is valid HTML."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.crawling import Crawl, Crawler
from tests.support.full_publication import fill
from tests.support.nu_checker import Check
from tests.support.people import Cast
from tests.support.query_parameters import QueryRecorder
from tests.support.visitors import Visitor

STARTS = ("/", "/dashboard", "/auth/login", "/api/v1/docs")
#: Buttons that each role finds at least, on an empty and on a full site, so that a crawl that finds none is noticed.
BUTTONS = {
    "anonymous": (5, 9),
    "reader": (9, 11),
    "contributor": (11, 15),
    "author": (12, 18),
    "moderator": (9, 20),
    "editor": (14, 40),
    "administrator": (22, 50),
}
#: Views that a signed-in administrator finds by no link: emails, redirects, conflicts and scripts lead to them.
UNLINKED = {
    "login.registered",
    "discovery.robots_txt",
    "discovery.site_map_part",
    "discovery.whole_site_map",
    "emails.ask",
    "exports_admin.download",
    "feeds.usual",
    "health.live",
    "health.ready",
    "reauthentication.confirm",
    "two_factor.second_step",
    "imports_admin.download",
    "media_scripts.progress",
    "media_scripts.show",
    "metrics.show",
    "posts_desk_conflicts.show",
    "posts_desk_working_copy.show",
    "presets.search_snippets",
    "posts_bulk.show",
    "previews.show",
    "account_deletion.undo",
    "invitations.accept",
    "recovery.asked",
    "recovery.confirm",
    "recovery.forgot",
    "recovery.reset",
    "setup.start",
}
#: Answers to a query with any value: a page, a redirect, or an error that says what is wrong with the address.
SENSIBLE = frozenset({200, 301, 302, 303, 308, 400, 404, 422})
BOTH = pytest.mark.parametrize("is_full", [False, True], ids=["empty", "full"])


@pytest.fixture
def crawler_of(
    app: Flask, cast: Cast, new_client: Callable[[], Visitor], sign_in: Callable[..., Visitor]
) -> Callable[..., Crawler]:
    """Somebody with a role who has not set out yet; `each` limits the pages of one kind."""

    def make(role: str, **options: int) -> Crawler:
        visitor = new_client() if role == "anonymous" else sign_in(cast.everybody()[role])
        return Crawler(app, visitor, **options)

    return make


def _crawled(crawler: Crawler) -> Crawl:
    crawler.walk(*STARTS)
    return crawler.press_every_button()


@pytest.mark.databases("sqlite")
@BOTH
@pytest.mark.parametrize("role", BUTTONS)
def test_no_link_filter_or_button_fails(
    app: Flask, cast: Cast, crawler_of: Callable[..., Crawler], role: str, is_full: bool
) -> None:
    if is_full:
        fill(app, cast)
    found = _crawled(crawler_of(role))
    assert found.faults == []
    assert found.pressed >= BUTTONS[role][is_full]


@pytest.mark.databases("postgresql")
def test_no_link_filter_or_button_fails_on_postgresql_and_every_page_is_linked(
    app: Flask, cast: Cast, crawler_of: Callable[..., Crawler]
) -> None:
    fill(app, cast)
    crawler = crawler_of("administrator", each=2)
    assert _crawled(crawler).faults == []
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    pages = {endpoint for endpoint in routes if not endpoint.partition(".")[0].endswith("_api")}
    assert sorted(pages - crawler.endpoints) == sorted(UNLINKED)


@pytest.mark.databases("postgresql")
def test_every_value_of_a_query_parameter_has_an_answer(
    app: Flask, cast: Cast, crawler_of: Callable[..., Crawler], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(app, cast)
    recorder = QueryRecorder(app, monkeypatch)
    crawler = crawler_of("administrator", each=1)
    crawler.walk(*STARTS)
    assert {("posts_desk.my_posts", "status"), ("search.find", "q")} < recorder.found.keys()
    answers = {address: crawler.visitor.get(address).status_code for address in recorder.strange_addresses()}
    assert {address: status for address, status in answers.items() if status not in SENSIBLE} == {}


@pytest.mark.databases("sqlite")
@BOTH
def test_every_page_is_valid_html(
    app: Flask,
    cast: Cast,
    client: Visitor,
    crawler_of: Callable[..., Crawler],
    nu_check: Check,
    is_full: bool,
) -> None:
    if is_full:
        fill(app, cast)
    pages = {"a page that is missing": client.get("/page/missing").data}
    crawlers = {role: crawler_of(role, each=1) for role in BUTTONS}
    for crawler in crawlers.values():
        crawler.walk(*STARTS)
    # Pressing takes some of the pages away, so everybody has walked before; then come the forms with their errors.
    for role, crawler in crawlers.items():
        crawler.press_every_button()
        pages |= {f"{role} {address}": body for address, body in crawler.found.pages.items()}
    assert len(pages) > 7 * 15
    assert nu_check(pages) == []
