"""What goes past the cache: whatever may be somebody's own, and whatever a request could smuggle into a page for all (security.md rows 32 to 34)."""

import pytest

from tests.factories import PostFactory
from tests.support.pages import how

#: What proxies, browsers and attackers send; none of it may show in a page that others get too.
HEADERS = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "203.0.113.9",
    "X-Original-URL": "/admin",
    "X-Rewrite-URL": "/admin",
    "X-HTTP-Method-Override": "DELETE",
    "Forwarded": "host=evil.example",
    "Accept-Language": "tlh",
    "Accept": "text/evil",
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/",
    "User-Agent": "evil",
    "Sec-Fetch-Site": "cross-site",
    "X-Ghost-Preview": "evil",
    "Purpose": "prefetch",
    "X-Request-ID": "evil-evil-evil",
    "Range": "bytes=0-1",
    "Content-Type": "text/evil",
}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nowhere",
        "/auth/login",
        "/admin/",
        "/dashboard",
        "/setup",
        "/search",
        "/health",
        "/metrics",
        "/blog/create",
        "/blog/my-posts",
    ],
)
def test_what_is_not_for_everybody_is_never_kept(ready, cache, path):
    assert [how(ready.get(path)) for _ in range(2)] == ["bypass", "bypass"]
    assert len(cache.store) == 0


def test_whoever_has_signed_in_goes_past_the_cache(ready, cast, sign_in, cache):
    walt = sign_in(cast.walt)
    cache.clear()
    assert how(walt.get("/")) == "bypass"
    assert len(cache.store) == 0
    assert cast.walt.display_name not in ready.get("/").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Accept": "application/json"},
    ],
)
def test_a_request_that_may_be_somebodys_goes_past_the_cache(ready, headers):
    assert [how(ready.get("/", headers=headers)) for _ in range(2)] == ["bypass", "bypass"]


@pytest.mark.parametrize("name", ["session", "remember_token"])
def test_a_cookie_of_ours_goes_past_the_cache_whatever_is_in_it(ready, name):
    ready.set_cookie("other", "x")
    ready.set_cookie(name, "x")
    assert [how(ready.get("/")) for _ in range(2)] == ["bypass", "bypass"]


def test_a_foreign_cookie_changes_nothing(ready):
    ready.get("/")
    ready.set_cookie("phpsession", "evil")
    response = ready.get("/")
    assert how(response) == "hit"
    assert "evil" not in response.text


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_shows_in_what_others_get(ready, new_client, cache, header):
    PostFactory(slug="harvest")
    for path in ("/", "/blog/post/harvest", "/nowhere"):
        plain = ready.get(path).data
        cache.clear()
        given = {header: HEADERS[header]}
        poisoned = new_client().get(path, headers=given)
        assert b"evil" not in poisoned.data
        assert new_client().get(path).data == plain


def test_unknown_parameters_are_the_same_page_and_known_ones_another(ready, cache):
    PostFactory.create_batch(30)
    assert how(ready.get("/blog/")) == "miss"
    assert how(ready.get("/blog/?utm_source=letter&fbclid=x")) == "hit"
    assert how(ready.get("/blog/?page=2&utm_source=x")) == "miss"
    assert how(ready.get("/blog/?page=2")) == "hit"
    # Home reads no page number, so it is kept once.
    ready.get("/")
    assert how(ready.get("/?page=2")) == "hit"


def test_a_foreign_host_is_refused_before_the_cache(ready):
    ready.get("/")
    response = ready.get("/", headers={"Host": "evil.example"})
    assert (response.status_code, how(response)) == (400, "bypass")
